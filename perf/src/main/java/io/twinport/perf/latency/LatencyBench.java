package io.twinport.perf.latency;

import io.twinport.control.Machine;
import io.twinport.control.UserException;
import io.twinport.perf.launch.Rounds;
import io.twinport.perf.load.ForwarderCase;
import io.twinport.perf.load.Generator;
import io.twinport.perf.load.LaunchTimes;
import io.twinport.perf.load.NdrBench;
import io.twinport.perf.report.Printer;
import io.twinport.perf.statistics.Ratio;
import io.twinport.posix.Folder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Launches the cases in turn, each in a fresh process, sends each load through them, and compares them. */
final class LatencyBench {
    private static final double MICROSECOND = 1e3;

    private final LatencySetup setup;
    private final Printer out;

    LatencyBench(LatencySetup setup, PrintStream out) {
        this.setup = setup;
        this.out = new Printer(out);
    }

    /**
     * The result, and what plots are made of.
     *
     * @param undisturbed all launches together, by name of the load, then of the case
     */
    record Outcome(LatencyResult result, Map<String, Map<String, Histogram>> undisturbed) {}

    /**
     * @param cases testpmd among them
     * @param launches of each case; each round begins with another case, so that none always follows the same one
     * @param command how the user can run the same again
     */
    Outcome run(List<ForwarderCase> cases, int launches, String command) {
        try (Folder folder = Folder.create("twinport-bench")) {
            Path program = Generator.program(folder.path());
            List<Load> loads = loads(program);
            Map<ForwarderCase, List<LatencyLaunch>> done =
                    Rounds.run(cases, launches, (what, round) -> launch(what, round, loads, program));
            var byCase = LatencyResult.cases(done, loads);
            LatencyResult result = new LatencyResult(
                    command,
                    Machine.describe(),
                    dpdk(done),
                    Machine.jdk(),
                    setup.load().rig().hasHugepages(),
                    setup.load().length(),
                    setup.load().burst(),
                    setup.measured().toMillis(),
                    setup.load().allocated(),
                    launches,
                    loads.stream().collect(Collectors.toMap(Load::name, Load::rate, Long::max, LinkedHashMap::new)),
                    byCase,
                    LatencyResult.ratios(byCase, loads));
            print(result, loads);
            return new Outcome(result, undisturbed(done, loads));
        }
    }

    private List<Load> loads(Path program) {
        if (!setup.rates().isEmpty()) {
            return setup.rates().stream().map(Load::of).toList();
        }
        long ndr = new NdrBench(NdrBench.quick(setup.load()), out).ndr(ForwarderCase.TESTPMD, program);
        if (ndr == 0) {
            throw new UserException(
                    "testpmd loses frames at any rate here: the machine is too busy. Give rates with --rates");
        }
        out.say("testpmd's no-drop rate, which the loads are shares of: %.3f Mpps", ndr / 1e6);
        return setup.percents().stream()
                .map(percent -> Load.ofPercent(percent, ndr))
                .toList();
    }

    private LatencyLaunch launch(ForwarderCase what, String round, List<Load> loads, Path program) {
        LatencyLaunch launch = LatencyLaunch.run(what, setup.load(), loads, setup.measured(), program);
        String medians = launch.samples().entrySet().stream()
                .map(named -> named.getKey().name() + " "
                        + micros(named.getValue().latencies().undisturbed().getValueAtPercentile(50)))
                .collect(Collectors.joining("  "));
        out.say("%s  %-10s medians, us: %s%s", round, what.label(), medians, launch.disturbance());
        return launch;
    }

    private static String dpdk(Map<ForwarderCase, List<LatencyLaunch>> done) {
        return done.values().stream()
                .map(launches -> launches.getFirst().dpdk())
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static Map<String, Map<String, Histogram>> undisturbed(
            Map<ForwarderCase, List<LatencyLaunch>> done, List<Load> loads) {
        Map<String, Map<String, Histogram>> all = new LinkedHashMap<>();
        for (Load load : loads) {
            Map<String, Histogram> ofLoad = new LinkedHashMap<>();
            done.forEach((what, launches) -> ofLoad.put(what.label(), LatencyResult.undisturbed(launches, load)));
            all.put(load.name(), ofLoad);
        }
        return all;
    }

    private void print(LatencyResult result, List<Load> loads) {
        for (Load load : loads) {
            out.say("");
            out.say(
                    "%-11s %s %11s %10s %8s",
                    load.name(), columns(LaunchTimes.COLUMNS), "lost ppm", "load away", "CPU lost");
            result.cases().forEach((name, ofCase) -> {
                LatencyResult.UnderLoad under = Objects.requireNonNull(ofCase.get(load.name()));
                out.say(
                        "%-11s %s %11.1f %8.2f %% %6.2f %%",
                        name,
                        columns(under.undisturbed()),
                        under.lostPerMillion(),
                        100 * under.awayShare(),
                        100 * Ratio.median(under.waitedShare()));
                out.say("%-11s %s", "   all", columns(under.all()));
                LaunchTimes passes = under.passes();
                if (passes != null) {
                    out.say("%-11s %s", "   passes", columns(passes));
                }
            });
            out.say("");
            out.ratios("ratio by round", Objects.requireNonNull(result.ratios().get(load.name())));
        }
        out.say("");
        out.say("us, medians of %d launches of %.1f s for each load", result.launches(), result.measuredMillis() / 1e3);
        out.say("%s", result.facts());
    }

    private static String columns(LaunchTimes times) {
        return columns(times.columns().map(nanos -> micros(Ratio.median(nanos))).toList());
    }

    private static String columns(List<String> cells) {
        return cells.stream()
                .map(cell -> String.format(Locale.ROOT, "%9s", cell))
                .collect(Collectors.joining(" "));
    }

    private static String micros(double nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / MICROSECOND);
    }
}
