package io.twinport.perf.failover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twinport.control.UserException;
import io.twinport.perf.statistics.Percentiles;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FailoverResultTest {
    private static final double EXACT = 1e-12;

    @Test
    void shouldTellTheFirstCutOfEachProcessApart() {
        FailoverResult.Summary summary = FailoverResult.summarize(
                FailoverCase.BONDING,
                List.of(launch(cut(1, 900, 800), cut(2, 100, 50)), launch(cut(1, 700, 600), cut(2, 200, 70))));
        assertEquals(2, summary.cuts());
        assertEquals(200, time(summary.times(), "cutToBurst"), EXACT);
        assertEquals(900, time(summary.first(), "cutToBurst"), EXACT);
        assertEquals(2, summary.samples().size());
        assertArrayEquals(new long[] {900, 100}, summary.samples().getFirst().get("cutToBurst"));
    }

    @Test
    void shouldCountTheFirstCutWhereThereCanBeNoOther() {
        FailoverResult.Summary summary = FailoverResult.summarize(
                FailoverCase.FAILSAFE, List.of(launch(cut(1, 30, 30)), launch(cut(1, 20, 20))));
        assertEquals(2, summary.cuts());
        assertEquals(30, time(summary.times(), "cutToBurst"), EXACT);
    }

    @Test
    void shouldCountACutThatNobodySwitchedAtButNotItsTimes() {
        FailoverResult.Summary summary = FailoverResult.summarize(
                FailoverCase.SELECTOR, List.of(launch(cut(1, 1, 1), cut(2, -1, -1), cut(3, 5, 4))));
        assertEquals(2, summary.cuts());
        assertEquals(1, summary.switched());
        assertEquals(
                1, Objects.requireNonNull(summary.times().get("cutToBurst")).count());
    }

    @Test
    void shouldShowTheSwitchesThatDidNotPrecedeTheirEventAlone() {
        Cut before = Cut.parse(line(2, 100, 0).replace("beforeEvent=0", "beforeEvent=1"), 0);
        FailoverResult.Summary summary =
                FailoverResult.summarize(FailoverCase.TWINPORT, List.of(launch(cut(1, 1, 1), before, cut(3, 100, 40))));
        assertEquals(1, summary.beforeEvent());
        assertEquals(0, time(summary.times(), "eventToBurst"), "half of them took 0");
        assertEquals(1, summary.eventFirstToBurst().count());
        assertEquals(40, summary.eventFirstToBurst().p50(), EXACT);
    }

    @Test
    void shouldDivideOursByThePeers() {
        var ratios = FailoverResult.ratios(Map.of(
                FailoverCase.TWINPORT, summary(FailoverCase.TWINPORT, 20),
                FailoverCase.BONDING, summary(FailoverCase.BONDING, 80)));
        assertEquals(0.25, Objects.requireNonNull(ratios.get("cutP50VsBonding")).value(), EXACT);
        assertEquals(
                0.25,
                Objects.requireNonNull(ratios.get("eventFirstP99VsBonding")).value(),
                EXACT);
        assertEquals(7, ratios.size(), "none to a selector that did not run: " + ratios.keySet());
    }

    @Test
    void shouldReadTheLineThatItWrites() {
        Cut cut = new Cut(3, 10, 2, 3, 5, 15, true, 256, 7000, 1, 2, 11, 0, 0);
        assertEquals(cut, Cut.parse(cut.toLine(), 0));
        assertThrows(UserException.class, () -> Cut.parse("cut number=1 lost=0", 0));
    }

    private static FailoverResult.Summary summary(FailoverCase what, long nanos) {
        return FailoverResult.summarize(
                what, List.of(launch(cut(1, 1, 1), cut(2, nanos, nanos), cut(3, nanos, nanos))));
    }

    private static double time(Map<String, Percentiles> times, String name) {
        var percentiles = Objects.requireNonNull(times.get(name));
        return name.equals("eventToBurst") ? percentiles.p50() : percentiles.max();
    }

    private static FailoverLaunch launch(Cut... cuts) {
        return new FailoverLaunch("DPDK 22.11.11", List.of(cuts), Optional.empty());
    }

    private static Cut cut(int number, long cutToBurst, long eventToBurst) {
        return Cut.parse(line(number, cutToBurst, eventToBurst), 0);
    }

    private static String line(int number, long cutToBurst, long eventToBurst) {
        return "cut number=" + number + " cutToEvent=1 eventToDecision=1 decisionToBurst=1 eventToBurst=" + eventToBurst
                + " cutToBurst=" + cutToBurst + " beforeEvent=0 lost=0 refused=0 duplicated=-1 reordered=-1"
                + " backEventToBurst=-1 lostForGood=0";
    }
}
