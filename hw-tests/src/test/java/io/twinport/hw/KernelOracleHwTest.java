package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.control.Pause;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's own failover driver as the oracle: the same events under the same traffic, beside ours. */
@HwScenario("H1")
@Tag("long")
class KernelOracleHwTest {
    private static final int FRAMES_PER_SECOND = 1000;
    private static final int ROUNDS = 5;
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void shouldLoseNoMoreThanTheKernelsDriver(Scenario scenario) throws IOException {
        scenario.step("the kernel: boot a guest with its own drivers");
        OracleTable.Column kernel = kernel(scenario);
        scenario.step("twinport: boot a guest with an IOMMU");
        OracleTable.Column ours = ours(scenario);
        String table = OracleTable.of(kernel, ours);
        System.out.println(table);
        Files.writeString(scenario.folder().resolve("kernel-oracle.md"), table);
        assertEquals(0, kernel.lostInPeace(), "the lab itself loses nothing");
        assertEquals(0, ours.lostInPeace(), "nothing is lost while nothing happens");
        assertEquals(List.of(), OracleTable.worseRows(kernel, ours));
    }

    private static OracleTable.Column kernel(Scenario scenario) {
        Wire wire = scenario.wire("kernel");
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        QemuVm guest = scenario.start(scenario.guest("kernel-guest")
                .virtio("sb", Scenario.MAC, wire, standby, "failover=on")
                .nic("e1000e", "pr", Scenario.MAC, wire, primary, "failover_pair_id=sb"));
        guest.shell().run("modprobe e1000e && modprobe virtio_net && ip link set eth0 up");
        guest.qmp().awaitEvent("FAILOVER_NEGOTIATED", SOON);
        guest.shell().await("test -e /sys/class/net/eth0/lower_eth2 -a $(cat /sys/class/net/eth2/carrier) = 1", SOON);
        OracleTable.Column column = events(scenario, "kernel", guest, "eth0", wire, primary, standby);
        scenario.end(guest);
        return column;
    }

    private static OracleTable.Column ours(Scenario scenario) {
        Wire wire = scenario.wire("twinport");
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        QemuVm guest = scenario.start(scenario.guest("twinport-guest")
                .iommu()
                .virtio("sb", Scenario.MAC, wire, standby)
                .nic("e1000e", "pr", Scenario.MAC, wire, primary));
        guest.shell().run("modprobe tun");
        TwinportRun twinport = TwinportRun.start(scenario, guest, "tap:tw0");
        guest.shell().run("ip link set tw0 up");
        OracleTable.Column column = events(scenario, "twinport", guest, "tw0", wire, primary, standby);
        scenario.step(twinport.stop().toString());
        scenario.end(guest);
        return column;
    }

    private static OracleTable.Column events(
            Scenario scenario, String name, QemuVm guest, String netif, Wire wire, WirePort primary, WirePort standby) {
        GuestProgram traffic = scenario.start(
                guest, name + "-traffic", "lab-java io.twinport.hw.PacketTraffic " + netif + " " + FRAMES_PER_SECOND);
        traffic.awaitLine("traffic on", SOON);
        wire.startSending(Scenario.MAC, FRAMES_PER_SECOND);
        Trial trial = new Trial(scenario, wire);
        trial.begin(primary);
        // The first round is not counted: the emulator translates code at its first use, which takes it tens of
        // milliseconds.
        for (int round = 0; round <= ROUNDS; round++) {
            if (round == 1) {
                trial.forgetRows();
            }
            trial.event("nothing happens", () -> Pause.millis(500), primary);
            trial.event("primary link down", () -> guest.setLink("pr", false), standby);
            trial.event("primary link up", () -> guest.setLink("pr", true), primary);
            trial.event("standby link down", () -> guest.setLink("sb", false), primary);
            trial.event("standby link up", () -> guest.setLink("sb", true), primary);
            trial.event("primary unplugged", () -> guest.unplug("pr"), standby);
            trial.event("primary plugged in", () -> guest.plug("pr"), primary);
        }
        wire.stopSending();
        Pause.millis(300); // what is still on its way to the guest
        trial.end();
        traffic.terminate(SOON);
        return new OracleTable.Column(name, trial, GuestAccount.of(traffic));
    }
}
