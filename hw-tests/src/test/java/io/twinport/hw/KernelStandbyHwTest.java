package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * QEMU's {@code failover=on} with the standby left to the kernel: its driver acknowledges STANDBY and makes its failover
 * device, the primary that QEMU then plugs in is found by its address and taken for twinport, QEMU waits for its going at a
 * migration, and plugs one in at the target. One run of twinport lives through all of it.
 */
@Tag("long")
@HwScenario("M")
class KernelStandbyHwTest {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PER_SECOND = 500;

    /** In: what comes to the source between its stop and the target's first frame; some 0.2 s with an emulated CPU. */
    private static final int LOST_IN = PER_SECOND;

    /** The standby, as the kernel calls it here: the one that has a master and is virtio's. */
    private static final String STANDBY = "$(basename $(dirname $(ls -d /sys/bus/virtio/devices/*/net/*/master)))";

    @Test
    void shouldLeaveTheStandbyToTheKernelAndBeWaitedFor(Scenario scenario) throws Exception {
        Wire wire = scenario.wire();
        WirePort standby = wire.port("standby");
        WirePort primary = wire.port("primary");
        WirePort standbyThere = wire.port("standby-there");
        WirePort primaryThere = wire.port("primary-there");
        scenario.step("boot a guest with failover=on, whose primary QEMU keeps back");
        QemuVm source = scenario.start(pair(scenario.guest("source"), wire, standby, primary));
        source.loadVfio();
        // e1000e takes the primary when it comes, as a guest's own driver does.
        source.shell().run("modprobe e1000e");
        assertFalse(StandbyBitHwTest.isThere(source, "pr"), "the primary comes only when STANDBY is acknowledged");
        source.shell().run("modprobe virtio_net");
        source.qmp().awaitEvent("FAILOVER_NEGOTIATED", SOON);
        source.shell().await("test -e " + "/sys/bus/virtio/devices/*/net/*/master", SOON);

        scenario.step("negotiated by the kernel; start twinport");
        GuestProgram twinport = scenario.start(
                source,
                "twinport",
                "twinport run --bind --primary auto --standby " + source.address("sb")
                        + " --standby-driver kernel --handler generate:" + PER_SECOND + ":" + Wire.HOST_MAC);
        twinport.awaitLine("standby \\w+ is silent now, as \\w+ over it is", START);
        twinport.awaitLine("standby net_af_packet_\\w+ .*joined", SOON);
        twinport.awaitLine("primary " + source.address("pr") + " taken from the kernel's driver e1000e", SOON);
        twinport.awaitLine("primary " + source.address("pr") + " .*joined", SOON);
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        wire.startSending(Scenario.MAC, PER_SECOND);
        wire.awaitTraffic(primary, SOON);

        scenario.step("migrate");
        QemuVm target = scenario.start(pair(scenario.guest("target").incoming(), wire, standbyThere, primaryThere));
        StandbyBitHwTest.migrate(source, target);
        source.qmp().awaitEvent("UNPLUG_PRIMARY", SOON);
        List<String> statuses = StandbyBitHwTest.statuses(source);
        scenario.step("migrated: " + statuses);
        assertEquals(List.of("setup", "wait-unplug", "active"), statuses.subList(0, 3));
        assertEquals("completed", statuses.getLast());
        target.qmp().awaitEvent("FAILOVER_NEGOTIATED", SOON);
        target.qmp().awaitEvent("RESUME", SOON);

        GuestProgram moved = twinport.movedTo(target);
        moved.awaitLine("primary " + source.address("pr") + " released on request", SOON);
        moved.awaitCount("primary " + source.address("pr") + " .*joined", 2, SOON);
        moved.awaitCount("switch \\w+ -> primary", 2, SOON);
        scenario.step("the primary is back");
        wire.awaitTraffic(primaryThere, SOON);
        wire.stopSending();
        String settings = "/proc/sys/net/ipv6/conf/" + STANDBY + "/disable_ipv6";
        assertEquals("1", target.shell().run("cat " + settings));
        scenario.step("stop twinport");
        assertEquals(0, moved.terminate(SOON), moved::toString);
        assertEquals(List.of(), moved.lines("Exception|^\\d+ times:|not back in the pool"), moved::toString);
        assertEquals("0", target.shell().run("cat " + settings));

        Ledger ledger = Ledger.of(moved, wire);
        scenario.step(ledger.toString());
        assertTrue(wire.firstBy(standbyThere, 0) != 0, "the standby has carried traffic at the target");
        assertEquals(0, ledger.duplicated(), ledger::toString);
        assertEquals(0, ledger.lostOut(), ledger::toString);
        assertTrue(ledger.lostIn() >= 0 && ledger.lostIn() <= LOST_IN, ledger::toString);
    }

    /**
     * The standby is not behind the IOMMU, which only the primary needs: the kernel's driver maps each frame, and with an
     * emulated IOMMU and emulated CPUs the guest's kernel stood still in that (6.12: soft lockups of both CPUs).
     */
    private static QemuVm.Builder pair(QemuVm.Builder guest, Wire wire, WirePort standby, WirePort primary) {
        return guest.iommu()
                .virtio("sb", Scenario.MAC, wire, standby, "failover=on", "iommu_platform=off")
                .nic("e1000e", "pr", Scenario.MAC, wire, primary, "failover_pair_id=sb");
    }
}
