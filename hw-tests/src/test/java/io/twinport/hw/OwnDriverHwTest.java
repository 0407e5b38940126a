package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What DPDK's driver does for a standby twinport's own does too: tells its link, carries traffic, says which frames it wants,
 * and lets it go when asked.
 */
@Tag("long")
@HwScenario("L")
class OwnDriverHwTest {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration UNPLUG = Duration.ofSeconds(1);
    private static final int PER_SECOND = 500;
    private static final int ROUNDS = 5;
    private static final int VLAN = 7;
    private static final String GROUP = "01:00:5e:01:02:03";

    @Test
    void shouldServeAsAnyStandby(Scenario scenario) {
        serve(scenario, "packed=off");
    }

    /** Its control queue is packed too. */
    @Test
    void shouldServeAsAnyStandbyByPackedRings(Scenario scenario) {
        serve(scenario, "packed=on");
    }

    private static void serve(Scenario scenario, String rings) {
        Wire wire = scenario.wire();
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        scenario.step("boot a guest with an e1000e and a virtio-net");
        QemuVm guest = scenario.start(scenario.guest("guest")
                .iommu()
                .nic("e1000e", "pr", Scenario.MAC, wire, primary)
                .virtio("sb", Scenario.MAC, wire, standby, rings));
        guest.loadVfio();
        GuestProgram twinport = scenario.start(
                guest,
                "twinport",
                "twinport run --bind --primary " + guest.address("pr") + " --standby " + guest.address("sb")
                        + " --standby-driver twinport --vlan " + VLAN + " --multicast " + GROUP
                        + " --handler generate:" + PER_SECOND + ":" + Wire.HOST_MAC);
        twinport.awaitLine("standby 0000:02:00.0 .twinport_virtio. joined", START);
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        twinport.awaitLine("standby link up", SOON);
        scenario.step("see what it lets through");
        checkFilter(guest);
        wire.startSending(Scenario.MAC, PER_SECOND);

        scenario.step("cut and restore its link");
        guest.setLink("sb", false);
        twinport.awaitCount("standby link down", 1, SOON);
        guest.setLink("sb", true);
        twinport.awaitCount("standby link up", 2, SOON);

        scenario.step("pull the primary");
        guest.unplug("pr");
        wire.awaitTraffic(standby, SOON);
        scenario.step("put it in again");
        guest.plug("pr");
        twinport.awaitCount("primary 0000:01:00.0.* joined", 2, SOON);
        wire.awaitTraffic(primary, SOON);

        Optional<GuestProgram.Resources> resources = Optional.empty();
        for (int round = 1; round <= ROUNDS; round++) {
            scenario.step("round " + round + ": pull the standby");
            guest.requestUnplug("sb");
            guest.awaitUnplugged("sb", UNPLUG);
            twinport.awaitCount("standby 0000:02:00.0 released on request", round, SOON);
            guest.plug("sb");
            twinport.awaitCount("standby 0000:02:00.0.* joined", round + 1, SOON);
            twinport.awaitCount("standby link up", round + 2, SOON);
            checkFilter(guest); // it is told anew
            if (round == 2) {
                resources = Optional.of(twinport.resources());
            }
        }
        resources.ifPresent(twinport::awaitNoMoreThan);
        wire.awaitTraffic(primary, SOON);
        wire.stopSending();
        scenario.step("stop twinport");
        assertEquals(0, twinport.terminate(SOON), twinport::toString);
        assertEquals(List.of(), twinport.lines("Exception|^\\d+ times:|not back in the pool"), twinport::toString);
        twinport.lines("has left \\d+ times").forEach(scenario::step);
        Ledger ledger = Ledger.of(twinport, wire);
        scenario.step(ledger.toString());
        assertEquals(0, ledger.lostOut(), ledger::toString);
        assertEquals(0, ledger.duplicated(), ledger::toString);
        assertTrue(ledger.lostIn() >= 0 && ledger.lostIn() <= PER_SECOND / 2, ledger::toString);
    }

    /** What QEMU knows of it. */
    private static void checkFilter(QemuVm guest) {
        JsonNode filter =
                guest.qmp().execute("query-rx-filter", Map.of("name", "sb")).path(0);
        assertFalse(filter.path("promiscuous").asBoolean(true), filter::toString);
        assertEquals(Scenario.MAC, filter.path("main-mac").asString(""), filter::toString);
        assertEquals("[\"" + GROUP + "\"]", filter.path("multicast-table").toString(), filter::toString);
        Set<Integer> vlans = new TreeSet<>();
        filter.path("vlan-table").forEach(vlan -> vlans.add(vlan.asInt(-1)));
        assertEquals(Set.of(0, VLAN), vlans, filter::toString);
    }
}
