package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Links go down and come back, one at a time and both, as a switch or a cable does that. */
@HwScenario("A")
class LinkHwTest {
    private static final int FRAMES_PER_SECOND = 500;

    @Test
    void shouldReflectEveryFrameButThoseOfACutLink(Scenario scenario) {
        Wire wire = scenario.wire();
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        QemuVm guest = boot(scenario, wire, primary, standby);
        scenario.step("start twinport");
        TwinportRun twinport = TwinportRun.start(scenario, guest, "reflect");

        // Who only answers teaches a switch nothing when it moves back, so frames go where a virtual function's filter
        // is.
        wire.filter(Scenario.MAC, primary);
        wire.startSending(Scenario.MAC, FRAMES_PER_SECOND);
        Trial trial = new Trial(scenario, wire);
        trial.begin(primary);
        trial.event("cut the primary", () -> guest.setLink("pr", false), standby);
        trial.event("restore the primary", () -> guest.setLink("pr", true), primary);
        Trial.Row idleCut = trial.event("cut the standby", () -> guest.setLink("sb", false), primary);
        twinport.awaitCount("standby link down", 1);
        Trial.Row idleRestored = trial.event("restore the standby", () -> guest.setLink("sb", true), primary);
        twinport.awaitCount("standby link up", 2);
        trial.event("cut the primary again", () -> guest.setLink("pr", false), standby);
        trial.event("cut the standby as well", () -> guest.setLink("sb", false), null);
        trial.event("restore the standby first", () -> guest.setLink("sb", true), standby);
        trial.event("then the primary", () -> guest.setLink("pr", true), primary);
        scenario.step("stop");
        wire.stopSending();
        wire.awaitSilence(Duration.ofSeconds(10));
        trial.end();
        TwinportRun.Counters counters = twinport.stop();

        Arrivals arrivals = wire.arrivals();
        scenario.step("sent " + wire.sent() + ", " + counters + ", delivered " + arrivals.delivered());
        assertEquals(
                List.of(
                        "primary link down",
                        "primary link up",
                        "standby link down",
                        "standby link up",
                        "primary link down",
                        "standby link down",
                        "standby link up",
                        "primary link up"),
                twinport.links());
        assertEquals(
                List.of(
                        "primary -> standby",
                        "standby -> primary",
                        "primary -> standby",
                        "standby -> none",
                        "none -> standby",
                        "standby -> primary"),
                twinport.switches());
        assertEquals(0, trial.lostInPeace(), "nothing is lost while nothing happens");
        assertEquals(0, idleCut.lost() + idleRestored.lost(), "the side that is idle loses nothing");
        assertEquals(0, arrivals.duplicated());
        // Sent = delivered + lost on the way there + refused + lost on the way back, by three counters that know
        // nothing of each other.
        assertEquals(counters.received(), counters.sent() + counters.refused());
        long lostThere = wire.sent() - counters.received();
        long lostBack = counters.sent() - arrivals.delivered();
        assertTrue(lostThere >= 0 && lostBack >= 0, () -> lostThere + " and " + lostBack);
        assertEquals(trial.lost(), arrivals.lost(0, wire.sent()), "every loss belongs to an event");
        assertTrue(counters.sentByPrimary() >= wire.deliveredBy(primary));
        assertTrue(counters.sentByStandby() >= wire.deliveredBy(standby));
    }

    private static QemuVm boot(Scenario scenario, Wire wire, WirePort primary, WirePort standby) {
        scenario.step("boot a guest with an e1000e and a virtio-net, both under an IOMMU");
        return scenario.start(scenario.guest("guest")
                .iommu()
                .nic("e1000e", "pr", Scenario.MAC, wire, primary)
                .virtio("sb", Scenario.MAC, wire, standby));
    }
}
