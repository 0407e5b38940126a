package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Cut and pulled links of a VF that the machine has itself. */
@HwScenario("V")
@Tag("long")
class RealVfHwTest {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @Test
    void shouldFollowRealVf() throws Exception {
        String pf = System.getenv("TWINPORT_HW_PF");
        String vf = System.getenv("TWINPORT_HW_VF");
        Assumptions.assumeTrue(
                pf != null && vf != null,
                "no real VF to test with: set TWINPORT_HW_PF to a PF's interface and TWINPORT_HW_VF to the PCI address"
                        + " of one of its VFs");
        assertTrue(RealVf.run(String.valueOf(pf), String.valueOf(vf)), "why is said above");
    }

    /** The same, where the machine is a guest and its NIC an emulated one. */
    @Test
    void shouldFollowVfOfGuest(Scenario scenario) {
        Wire wire = scenario.wire();
        QemuVm guest = scenario.start(
                scenario.guest("guest").iommu().nic("igb", "pf", "52:54:00:aa:bb:02", wire, wire.port("pf")));
        guest.loadVfio();
        guest.shell()
                .run("modprobe -a tun igb && ip link set eth0 up && echo 1 > /sys/class/net/eth0/device/sriov_numvfs");
        GuestShell.Result result =
                guest.shell().attempt("lab-java io.twinport.hw.RealVf eth0 0000:01:10.0 2>&1", LIMIT);
        result.output().lines().forEach(scenario::step);
        assertEquals(0, result.exitCode());
    }
}
