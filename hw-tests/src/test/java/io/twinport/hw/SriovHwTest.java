package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A VF of QEMU's igb as the primary. Its driver in DPDK raises no link interrupts, so its link is polled; and when its PF
 * was down the VF says that its link is up and receives nothing, until it is stopped and started (U12).
 */
@Tag("long")
@HwScenario("C")
@Tag("long")
class SriovHwTest {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final String PF_MAC = "52:54:00:aa:bb:02";
    private static final String PF = "0000:01:00.0";
    private static final String VF = "0000:01:10.0";
    private static final int PER_SECOND = 500;

    /** Frames of the host's on their way to the VF when its PF goes, and until the switch has learnt of the standby. */
    private static final int LOST_IN_A_SWITCH = PER_SECOND / 5;

    private static final String MAKE_VF = "echo 1 > /sys/bus/pci/devices/" + PF
            + "/sriov_numvfs && /usr/bin/ip link set eth0 vf 0 mac " + Scenario.MAC;

    @Test
    void shouldHealAVfWhosePfWasDownAndLetItGo(Scenario scenario) {
        Wire wire = scenario.wire();
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        scenario.step("boot a guest with an igb and a virtio-net, and make a VF");
        QemuVm guest = scenario.start(scenario.guest("guest")
                .iommu()
                .nic("igb", "pf", PF_MAC, wire, primary)
                .virtio("sb", Scenario.MAC, wire, standby));
        guest.loadVfio();
        GuestShell shell = guest.shell();
        shell.run("modprobe igb && /usr/bin/ip link set eth0 up && " + MAKE_VF);
        GuestProgram twinport = scenario.start(
                guest,
                "twinport",
                "twinport run --bind --primary " + VF + " --standby " + guest.address("sb") + " --handler generate:"
                        + PER_SECOND + ":" + Wire.HOST_MAC);
        twinport.awaitLine("primary 0000:01:10.0 .*net_e1000_igb_vf.* joined", SOON);
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        twinport.awaitLine("standby link up", SOON);
        wire.startSending(Scenario.MAC, PER_SECOND);
        wire.awaitTraffic(primary, SOON);
        int restarts = twinport.lines("stopped and started").size();
        assertEquals(0, restarts, "its link has not been away yet: " + twinport);

        scenario.step("cut the cable of the PF, and put it in again");
        guest.qmp().execute("set_link", Map.of("name", "pf", "up", false));
        twinport.awaitLine("switch primary -> standby, cause: primary link down", SOON);
        wire.awaitTraffic(standby, SOON);
        guest.qmp().execute("set_link", Map.of("name", "pf", "up", true));
        twinport.awaitCount("stopped and started", 1, SOON);
        twinport.awaitCount("switch standby -> primary", 1, SOON);
        wire.awaitTraffic(primary, SOON);

        scenario.step("take the PF down, and up again");
        shell.run("/usr/bin/ip link set eth0 down");
        twinport.awaitCount("switch primary -> standby, cause: primary link down", 2, SOON);
        wire.awaitTraffic(standby, SOON);
        shell.run("/usr/bin/ip link set eth0 up");
        twinport.awaitCount("stopped and started", 2, SOON);
        twinport.awaitCount("switch standby -> primary", 2, SOON);
        wire.awaitTraffic(primary, SOON);
        long healed = wire.sent();
        scenario.step("the VF receives again, for 2 s");
        Pause.millis(2000);
        long pulled = wire.sent();

        scenario.step("take the VF away");
        long start = System.nanoTime();
        shell.run("echo 0 > /sys/bus/pci/devices/" + PF + "/sriov_numvfs");
        scenario.step("that took " + (System.nanoTime() - start) / 1_000_000 + " ms");
        twinport.awaitLine("primary 0000:01:10.0 released on request", SOON);
        twinport.awaitLine("switch primary -> standby, cause: primary about to leave", SOON);
        wire.awaitTraffic(standby, SOON);
        scenario.step("make it again");
        shell.run(MAKE_VF);
        twinport.awaitCount("primary 0000:01:10.0 .*joined", 2, SOON);
        twinport.awaitCount("switch standby -> primary", 3, SOON);
        wire.awaitTraffic(primary, SOON);

        wire.stopSending();
        scenario.step("stop twinport");
        assertEquals(0, twinport.terminate(SOON), twinport::toString);
        assertEquals(0, twinport.lines("Exception|^\\d+ times:").size(), twinport::toString);
        Ledger ledger = Ledger.of(twinport, wire);
        scenario.step(ledger.toString());
        twinport.lines("has left \\d+ times").forEach(scenario::step);
        assertEquals(0, ledger.duplicated(), ledger::toString);
        // A VF that stays deaf would lose all of the 2 s.
        assertTrue(ledger.lostIn() < 6 * LOST_IN_A_SWITCH, ledger::toString);
        assertTrue(pulled - healed > 6 * LOST_IN_A_SWITCH, "else the line above proves nothing");
    }
}
