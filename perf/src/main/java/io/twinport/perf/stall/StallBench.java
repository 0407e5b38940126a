package io.twinport.perf.stall;

import io.twinport.control.Machine;
import io.twinport.perf.launch.CProgram;
import io.twinport.perf.launch.Rounds;
import io.twinport.perf.report.Printer;
import io.twinport.perf.statistics.Ratio;
import io.twinport.posix.Folder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Launches the cases in turn, each in a fresh process, and compares them. */
final class StallBench {
    private static final double MICROSECOND = 1e3;

    private final StallSetup setup;
    private final Printer out;

    StallBench(StallSetup setup, PrintStream out) {
        this.setup = setup;
        this.out = new Printer(out);
    }

    /** The result, and all passes of each case. */
    record Outcome(StallResult result, Map<String, Histogram> passes) {}

    /**
     * @param cases C's among them
     * @param launches of each case; each round begins with another case, so that none always follows the same one
     * @param command how the user can run the same again
     */
    Outcome run(List<StallCase> cases, int launches, String command) {
        Map<StallCase, List<StallLaunch>> done;
        try (Folder folder = Folder.create("twinport-bench")) {
            Path program = CProgram.program("stall.c", folder.path());
            done = Rounds.run(cases, launches, (what, round) -> launch(what, round, program));
        }
        Map<String, StallResult.Passes> passes = StallResult.cases(done, setup);
        StallResult result = new StallResult(
                command,
                Machine.describe(),
                done.values().iterator().next().getFirst().dpdk(),
                Machine.jdk(),
                setup.rig().hasHugepages(),
                setup.measured().toMillis(),
                setup.allocated(),
                launches,
                passes,
                StallResult.stallVsC(passes));
        print(result);
        Map<String, Histogram> all = new LinkedHashMap<>();
        done.forEach((what, list) -> all.put(what.label(), StallResult.all(list)));
        return new Outcome(result, all);
    }

    private StallLaunch launch(StallCase what, String round, Path program) {
        StallLaunch launch = StallLaunch.run(what, setup, program);
        out.say(
                "%s  %-10s 99.999 %% of the passes within %.1f us",
                round, what.label(), launch.passes().getValueAtPercentile(99.999) / MICROSECOND);
        return launch;
    }

    private void print(StallResult result) {
        out.say("");
        out.say(
                "%-11s %9s %9s %9s %9s %9s %9s %9s %9s",
                "a pass, us", "p50", "p90", "p99", "p99.9", "p99.99", "p99.999", "max", "CPU lost");
        result.cases()
                .forEach((name, passes) -> out.say(
                        "%-11s %s %7.2f %%",
                        name,
                        passes.times()
                                .columns()
                                .map(nanos -> String.format(Locale.ROOT, "%9.2f", Ratio.median(nanos) / MICROSECOND))
                                .collect(Collectors.joining(" ")),
                        100 * Ratio.median(passes.waitedShare())));
        out.say("%-11s medians of %d launches of %.1f s", "", result.launches(), result.measuredMillis() / 1e3);
        out.say("");
        out.ratios("p99.999 beside C's, by round", result.stallVsC());
        out.say("");
        out.say("%s", result.facts());
    }
}
