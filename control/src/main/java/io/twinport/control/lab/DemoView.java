package io.twinport.control.lab;

import io.twinport.dataplane.policy.PolicyText;
import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What the demo shows: a table that lives, on a terminal in place and else as rows, and at the end the balance. */
public final class DemoView {
    private static final long ROW_NANOS_TERMINAL = 100_000_000;
    private static final long ROW_NANOS_FILE = 1_000_000_000;
    private static final int PLOT_WIDTH = 50;

    private final PrintStream out;
    private final boolean terminal;
    private final int switches;
    private long startNanos;
    private long rowNanos;
    private long rowFrames;

    /** @param terminal whether rows may be written over */
    public DemoView(PrintStream out, boolean terminal, int switches) {
        this.out = out;
        this.terminal = terminal;
        this.switches = switches;
    }

    /** One line, at once. */
    public void say(String line) {
        out.println(line);
    }

    void start() {
        startNanos = System.nanoTime();
        out.printf("%8s %10s %9s %10s %14s %14s%n", "seconds", "Mpps", "active", "switches", "last us", "worst us");
    }

    void show(SwitchTimes times, int active, long frames) {
        long now = System.nanoTime();
        long since = now - rowNanos;
        boolean last = times.failbacks() == switches;
        if (since < (terminal ? ROW_NANOS_TERMINAL : ROW_NANOS_FILE) && !last) {
            return;
        }
        out.printf(
                Locale.ROOT,
                "%8.1f %10.2f %9s %10s %14.2f %14.2f%s",
                (now - startNanos) / 1e9,
                rowNanos == 0 ? 0.0 : (frames - rowFrames) * 1e3 / since,
                PolicyText.side(active),
                times.failbacks() + "/" + switches,
                times.lastNanos() / 1e3,
                times.worstNanos() / 1e3,
                terminal && !last ? "\r" : System.lineSeparator());
        out.flush();
        rowNanos = now;
        rowFrames = frames;
    }

    /** The balance, the percentiles and the plot. */
    public void result(DemoResult result, Histogram eventToBurst) {
        out.printf(
                Locale.ROOT,
                "%n%d of %d %s: switched to the standby and back (%s, %s, %s)%n",
                result.switches(),
                switches,
                result.mode().equals("planned") ? "moves of the traffic" : "cuts",
                result.driver().with(result.dpdk()),
                result.memory(),
                result.direction().equals("both") ? "both directions" : "transmitting");
        out.printf("%n%16s %,18d%n", "frames sent", result.sent());
        row("delivered", result.delivered());
        row("refused", result.refused());
        row("lost", result.lost());
        row("unaccounted", result.unaccounted());
        if (result.mode().equals("planned")) {
            out.printf(
                    Locale.ROOT,
                    "%16s %d / %d / %d%n",
                    "planned",
                    result.lost() + result.unaccounted(),
                    result.duplicated(),
                    result.reordered());
            out.printf(
                    Locale.ROOT,
                    "%16s  lost / duplicated / reordered; %,d frames waited for the former side's ring, which was not"
                            + " known to be empty in %d switches%n",
                    "",
                    result.held(),
                    result.notDrained());
        }
        if (result.holdMillis() > 0) {
            row("resent", result.resent());
            out.printf(
                    Locale.ROOT,
                    "%16s  frames in flight at a cut that the standby has sent again; %,d waited, %,d were dropped%n",
                    "",
                    result.held(),
                    result.dropped());
        }
        out.printf(
                Locale.ROOT,
                "%16s  sent = delivered + refused + lost + unaccounted; beside that %,d duplicated; %,d of the delivered"
                        + " came out of order%n",
                "",
                result.duplicated(),
                result.reordered());
        result.sides()
                .forEach((side, count) -> out.printf(
                        Locale.ROOT,
                        "%16s %,18d taken by its driver, %,d arrived at its far end%n",
                        side,
                        count.tx(),
                        count.farEndRx()));
        row("Mpps", result.mpps());
        out.printf("%16s %18s%n", "mbuf pool", result.poolFull() ? "full again" : "MBUFS MISSING");
        out.printf("%n%16s %10s %10s %10s %10s %10s%n", "microseconds", "p50", "p90", "p99", "p99.9", "max");
        row("decision to burst", result.decisionToBurstNs());
        if (result.mode().equals("planned")) {
            out.printf(
                    "%16s decision: the policy's; burst: the first one that the other side took, after what the former one"
                            + " had%n",
                    "");
            return;
        }
        row("event to burst", result.eventToBurstNs());
        row("event first", result.eventFirstToBurstNs());
        row("cut to burst", result.cutToBurstNs());
        row("failback", result.failbackEventToBurstNs());
        out.printf(
                "%16s event: entry of the link interrupt's upcall; burst: the first one that the other side took%n",
                "");
        if (result.seenBeforeEvent() > 0) {
            out.printf(
                    "%16s in %d of %d the poll loop saw the link go down before the interrupt said so: 0;"
                            + " the others: 'event first'%n",
                    "", result.seenBeforeEvent(), result.failovers());
        }
        plot(eventToBurst);
    }

    private void row(String name, long value) {
        out.printf(Locale.ROOT, "%16s %,18d%n", name, value);
    }

    private void row(String name, double value) {
        out.printf(Locale.ROOT, "%16s %18.2f%n", name, value);
    }

    private void row(String name, DemoResult.Percentiles p) {
        out.printf(
                Locale.ROOT,
                "%17s %9.2f %10.2f %10.2f %10.2f %10.2f%n",
                name,
                p.p50() / 1e3,
                p.p90() / 1e3,
                p.p99() / 1e3,
                p.p999() / 1e3,
                p.max() / 1e3);
    }

    /** Event to first burst, one line for each power of two. */
    private void plot(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return;
        }
        out.printf("%nevent to first burst on the standby, %d failovers:%n", histogram.getTotalCount());
        long most = 1;
        for (var bin : histogram.logarithmicBucketValues(128, 2)) {
            most = Math.max(most, bin.getCountAddedInThisIterationStep());
        }
        for (var bin : histogram.logarithmicBucketValues(128, 2)) {
            long count = bin.getCountAddedInThisIterationStep();
            out.printf(
                    Locale.ROOT,
                    "%13.2f us | %-" + PLOT_WIDTH + "s %d%n",
                    bin.getValueIteratedTo() / 1e3,
                    "#".repeat((int) Math.ceil((double) count * PLOT_WIDTH / most)),
                    count);
        }
    }
}
