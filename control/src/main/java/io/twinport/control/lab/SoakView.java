package io.twinport.control.lab;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What the soak shows: a line that lives, on a terminal in place and else as rows, and at the end the balance. */
public final class SoakView {
    private static final Duration ROW_TERMINAL = Duration.ofMillis(200);
    private static final Duration ROW_FILE = Duration.ofSeconds(5);

    private final PrintStream out;
    private final boolean terminal;
    private long startNanos;
    private long rowNanos;
    private long rowFrames;

    /** @param terminal whether rows may be written over */
    public SoakView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** One line, at once. */
    public void say(String line) {
        out.println(line);
    }

    void start() {
        startNanos = System.nanoTime();
        rowNanos = startNanos;
        out.printf("%8s %10s %10s %9s %12s%n", "seconds", "faults", "switches", "Mpps", "violations");
    }

    void show(long faults, long switches, SoakTraffic traffic, int violations) {
        long now = System.nanoTime();
        long since = now - rowNanos;
        if (since < (terminal ? ROW_TERMINAL : ROW_FILE).toNanos()) {
            return;
        }
        long frames = frames(traffic.out()) + frames(traffic.back());
        out.printf(
                Locale.ROOT,
                "%8.1f %10d %10d %9.2f %12d%s",
                (now - startNanos) / 1e9,
                faults,
                switches,
                (frames - rowFrames) * 1e3 / since,
                violations,
                terminal ? "\r" : System.lineSeparator());
        out.flush();
        rowNanos = now;
        rowFrames = frames;
    }

    private static long frames(SoakTraffic.Stream stream) {
        return stream.arrivals(1) + stream.arrivals(2);
    }

    /** The balance, and what must not be. */
    public void result(SoakResult result) {
        out.printf(
                Locale.ROOT,
                "%n%d faults, %d switches in %.1f s, seed %d (%s, %s)%n",
                result.faults(),
                result.switches(),
                result.seconds(),
                result.seed(),
                result.driver().with(result.dpdk()),
                result.memory());
        out.printf("%n%16s %18s %18s%n", "frames", "out", "back");
        row("offered", result.out().offered(), result.back().offered());
        row("refused", result.out().refused(), result.back().refused());
        row("delivered", result.out().delivered(), result.back().delivered());
        row("lost", result.out().lost(), result.back().lost());
        row("dropped", result.out().dropped(), result.back().dropped());
        row("suppressed", result.out().suppressed(), result.back().suppressed());
        row("unaccounted", result.out().unaccounted(), result.back().unaccounted());
        out.printf(
                Locale.ROOT,
                "%16s offered = refused + delivered + lost + dropped + suppressed + unaccounted; beside that %,d duplicated; %,d of"
                        + " the delivered came out of order%n",
                "",
                result.out().duplicated() + result.back().duplicated(),
                result.out().reordered() + result.back().reordered());
        out.printf("%16s %s%n", "mbuf pool", result.poolFull() ? "full again" : "MBUFS MISSING");
        out.printf(
                Locale.ROOT,
                "%16s p50 %d us, p99 %d us, max %d us: from a fault until frames arrive both ways again%n",
                "recovery",
                result.recoveryMicros().p50(),
                result.recoveryMicros().p99(),
                result.recoveryMicros().max());
        if (!result.isGood()) {
            violations(result.violations(), result.lastFaults(), result.driver(), result.seed(), result.faults());
        }
    }

    /** What must not be, and how it comes again. */
    void violations(List<String> violations, List<String> lastFaults, WireDriver driver, long seed, long faults) {
        // An error in a loop has a trace, which the JSON has.
        violations.forEach(violation ->
                out.println("VIOLATION: " + violation.lines().findFirst().orElse("")));
        out.println("the last faults: " + String.join(", ", lastFaults));
        out.println(
                "the same faults again: twinport soak --driver " + driver + " --seed " + seed + " --faults " + faults);
        out.flush();
    }

    private void row(String name, long outwards, long back) {
        out.printf(Locale.ROOT, "%16s %,18d %,18d%n", name, outwards, back);
    }
}
