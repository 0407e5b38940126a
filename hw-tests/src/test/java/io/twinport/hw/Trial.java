package io.twinport.hw;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Events while numbered frames arrive, and what each did to them. Between two events nothing may be lost: a frame is missing
 * in an event's row, or in {@link #lostInPeace}.
 */
final class Trial {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Scenario scenario;
    private final Wire wire;
    private final List<Row> rows = new ArrayList<>();
    private long peace;
    private long lostInPeace;

    /**
     * What an event did.
     *
     * @param lost numbers that did not arrive; some of them may have been refused
     * @param gapMillis the longest pause between two arrivals
     * @param movedMillis from the event until a frame came by the port where it was expected, -1 if nowhere
     * @param sentFrom the host's next number when it happened
     * @param sentTo the host's next number when traffic was steady again
     */
    record Row(
            String event,
            long lost,
            long duplicated,
            long reordered,
            double gapMillis,
            double movedMillis,
            long sentFrom,
            long sentTo) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-24s lost %d, duplicated %d, reordered %d, longest gap %.1f ms, moved after %.1f ms",
                    event,
                    lost,
                    duplicated,
                    reordered,
                    gapMillis,
                    movedMillis);
        }
    }

    Trial(Scenario scenario, Wire wire) {
        this.scenario = scenario;
        this.wire = wire;
    }

    /** Waits until traffic is steady on a port; from then on nothing may be lost but by an event. */
    void begin(WirePort port) {
        wire.awaitSteadyOn(port, 0, LIMIT);
        peace = wire.arrivals().end();
    }

    /** Lets something happen, and waits until traffic is steady on a port, or silent where that is null. */
    Row event(String name, Runnable action, @Nullable WirePort port) {
        scenario.step(name);
        Arrivals arrivals = wire.arrivals();
        long from = arrivals.end();
        lostInPeace += arrivals.lost(peace, from);
        long duplicated = arrivals.duplicated();
        long reordered = arrivals.reordered();
        long sentFrom = wire.sent();
        long start = System.nanoTime();
        action.run();
        if (port == null) {
            wire.awaitSilence(LIMIT);
        } else {
            wire.awaitSteadyOn(port, from, LIMIT);
        }
        peace = arrivals.end();
        long moved = port == null ? 0 : wire.firstBy(port, from);
        Row row = new Row(
                name,
                arrivals.lost(from, peace),
                arrivals.duplicated() - duplicated,
                arrivals.reordered() - reordered,
                arrivals.longestGap(Math.max(0, from - 1), peace).millis(),
                moved == 0 ? -1 : Math.max(0, moved - start) / 1e6,
                sentFrom,
                wire.sent());
        rows.add(row);
        scenario.step("    " + row);
        return row;
    }

    /** No more events; counts what was lost since the last one, up to the newest frame that arrived. */
    void end() {
        lostInPeace += wire.arrivals().lost(peace, wire.arrivals().end());
        peace = wire.arrivals().end();
    }

    List<Row> rows() {
        return rows;
    }

    /** What is missing although nothing had happened. */
    long lostInPeace() {
        return lostInPeace;
    }

    long lost() {
        return rows.stream().mapToLong(Row::lost).sum() + lostInPeace;
    }
}
