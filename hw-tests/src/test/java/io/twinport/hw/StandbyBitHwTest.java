package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.qmp.QmpEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * QEMU's {@code failover=on} without a kernel driver and without a changed DPDK: twinport's own driver has the
 * standby and acknowledges STANDBY, so the primary is plugged in, is waited for at a migration, and is plugged in again at
 * the target. One run of twinport lives through all of it, and announces itself at the target because QEMU asks for it.
 */
@Tag("long")
@HwScenario("J")
class StandbyBitHwTest {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PER_SECOND = 500;

    /** In: what comes to the source between its stop and the target's first frame; some 0.2 s with an emulated CPU. */
    private static final int LOST_IN = PER_SECOND;

    /**
     * At the target QEMU asks up to ten times (5 rounds, of the migration's own and of the device's), and each time for one
     * frame without and one with a tag. It would ask ten times a second, and without an end, if it were not told that it is done.
     */
    private static final int MOST_ANNOUNCED = 2 * 10;

    @Test
    void shouldHaveThePrimaryPluggedInAndWaitedForAndPluggedInAgain(Scenario scenario) throws IOException {
        Wire wire = scenario.wire();
        WirePort standby = wire.port("standby");
        WirePort primary = wire.port("primary");
        WirePort standbyThere = wire.port("standby-there");
        WirePort primaryThere = wire.port("primary-there");
        scenario.step("boot a guest with failover=on, whose primary QEMU keeps back");
        QemuVm source = scenario.start(pair(scenario.guest("source"), wire, standby, primary));
        source.loadVfio();
        assertFalse(isThere(source, "pr"), "the primary comes only when STANDBY is acknowledged");
        assertEquals("", source.shell().run("lsmod | grep virtio_net || true"));

        scenario.step("start twinport");
        GuestProgram twinport = scenario.start(
                source,
                "twinport",
                "twinport run --bind --primary " + source.address("pr") + " --standby " + source.address("sb")
                        + " --standby-driver twinport --announce 0 --announce-vlan 7 --handler generate:" + PER_SECOND
                        + ":" + Wire.HOST_MAC);
        twinport.awaitLine("standby 0000:01:00.0 .*STANDBY acknowledged.* joined", START);
        source.qmp().awaitEvent("FAILOVER_NEGOTIATED", SOON);
        scenario.step("negotiated: the primary comes");
        twinport.awaitLine("primary 0000:02:00.0 .*joined", SOON);
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        wire.startSending(Scenario.MAC, PER_SECOND);
        wire.awaitTraffic(primary, SOON);

        scenario.step("migrate");
        QemuVm target = scenario.start(pair(scenario.guest("target").incoming(), wire, standbyThere, primaryThere));
        migrate(source, target);
        assertEquals(
                "pr",
                source.qmp()
                        .awaitEvent("UNPLUG_PRIMARY", SOON)
                        .data()
                        .path("device-id")
                        .asString(""));
        List<String> statuses = statuses(source);
        scenario.step("migrated: " + statuses);
        assertEquals(List.of("setup", "wait-unplug", "active"), statuses.subList(0, 3));
        assertEquals("completed", statuses.getLast());
        target.qmp().awaitEvent("FAILOVER_NEGOTIATED", SOON);
        target.qmp().awaitEvent("RESUME", SOON);

        GuestProgram moved = twinport.movedTo(target);
        moved.awaitLine("primary 0000:02:00.0 released on request", SOON);
        moved.awaitCount("primary 0000:02:00.0 .*joined", 2, SOON);
        moved.awaitCount("switch \\w+ -> primary", 2, SOON);
        scenario.step("the primary is back");
        wire.awaitTraffic(primaryThere, SOON);
        assertTrue(isThere(target, "pr"));
        wire.stopSending();
        scenario.step("stop twinport");
        assertEquals(0, moved.terminate(SOON), moved::toString);
        assertEquals(List.of(), moved.lines("Exception|^\\d+ times:|not back in the pool"), moved::toString);
        assertEquals(
                List.of("none -> standby", "standby -> primary", "primary -> standby", "standby -> primary"),
                moved.lines(" switch \\w+ -> \\w+").stream()
                        .map(line -> line.replaceFirst(".* switch (\\w+ -> \\w+).*", "$1"))
                        .filter(switched -> !switched.endsWith("none"))
                        .toList());

        String announced = moved.awaitLine("announcements sent \\d+", SOON);
        scenario.step("asked by QEMU at the target: " + announced);
        int frames = Integer.parseInt(announced.replaceFirst("(?s).*announcements sent (\\d+).*", "$1"));
        assertTrue(frames >= 2 && frames <= MOST_ANNOUNCED, announced);
        assertEquals(0, frames % 2, "with and without a tag");

        Ledger ledger = Ledger.of(moved, wire);
        scenario.step(ledger.toString());
        assertTrue(wire.firstBy(standbyThere, 0) != 0, "the standby has carried traffic at the target");
        assertEquals(0, ledger.duplicated(), ledger::toString);
        assertEquals(0, ledger.lostOut(), ledger::toString);
        assertTrue(ledger.lostIn() >= 0 && ledger.lostIn() <= LOST_IN, ledger::toString);
    }

    /** The standby first: a primary that QEMU makes before its standby is plugged in at once (Q5). */
    static QemuVm.Builder pair(QemuVm.Builder guest, Wire wire, WirePort standby, WirePort primary) {
        return guest.iommu()
                .virtio("sb", Scenario.MAC, wire, standby, "failover=on")
                .nic("e1000e", "pr", Scenario.MAC, wire, primary, "failover_pair_id=sb");
    }

    static boolean isThere(QemuVm guest, String nic) {
        return guest.shell()
                        .attempt("test -e /sys/bus/pci/devices/" + guest.address(nic), SOON)
                        .exitCode()
                == 0;
    }

    static void migrate(QemuVm source, QemuVm target) throws IOException {
        // A unix socket's path has 107 bytes at most, which the test's own folder may exceed.
        Path folder = Files.createTempDirectory("twinport-hw-");
        Path socket = folder.resolve("migration");
        Map<String, ?> events = Map.of("capabilities", List.of(Map.of("capability", "events", "state", true)));
        source.qmp().execute("migrate-set-capabilities", events);
        target.qmp().execute("migrate-set-capabilities", events);
        source.qmp().execute("migrate-set-parameters", Map.of("max-bandwidth", 8L << 30, "downtime-limit", 300));
        target.qmp().execute("migrate-incoming", Map.of("uri", "unix:" + socket));
        source.qmp().execute("migrate", Map.of("uri", "unix:" + socket));
        socket.toFile().deleteOnExit();
        folder.toFile().deleteOnExit();
    }

    /** What the migration goes through, to its end. */
    static List<String> statuses(QemuVm source) {
        List<String> statuses = new ArrayList<>();
        while (!statuses.contains("completed") && !statuses.contains("failed")) {
            QmpEvent event = source.qmp().awaitEvent("MIGRATION", SOON);
            statuses.add(event.data().path("status").asString(""));
        }
        return statuses;
    }
}
