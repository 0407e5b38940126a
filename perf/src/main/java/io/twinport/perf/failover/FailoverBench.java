package io.twinport.perf.failover;

import io.twinport.control.Machine;
import io.twinport.perf.launch.CProgram;
import io.twinport.perf.launch.Rounds;
import io.twinport.perf.report.Printer;
import io.twinport.perf.statistics.Percentiles;
import io.twinport.posix.Folder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Launches the cases in turn, each in a fresh process, and compares them. */
final class FailoverBench {
    private static final double MICROSECOND = 1e3;

    private final FailoverSetup setup;
    private final Printer out;

    FailoverBench(FailoverSetup setup, PrintStream out) {
        this.setup = setup;
        this.out = new Printer(out);
    }

    /**
     * @param launches of each case; each round begins with another case, so that none always follows the same one
     * @param command how the user can run the same again
     */
    FailoverResult run(List<FailoverCase> cases, int launches, String command) {
        Map<FailoverCase, List<FailoverLaunch>> done = new EnumMap<>(FailoverCase.class);
        try (Folder folder = Folder.create("twinport-bench")) {
            Path peers = CProgram.program("failover.c", folder.path(), "-lrte_net_bond");
            Rounds.run(cases, launches, (what, round) -> launch(what, peers, round))
                    .forEach((what, rounds) ->
                            done.put(what, rounds.stream().flatMap(List::stream).toList()));
        }
        FailoverResult result = result(done, launches, command);
        print(result);
        return result;
    }

    private List<FailoverLaunch> launch(FailoverCase what, Path peers, String round) {
        List<FailoverLaunch> done = new ArrayList<>();
        for (int i = 0; i < (what.isCutOnce() ? setup.cutsOnce() : 1); i++) {
            done.add(FailoverLaunch.run(what, setup, peers));
        }
        List<Cut> cuts = done.stream().flatMap(launch -> launch.cuts().stream()).toList();
        double[] times = FailoverResult.known(cuts, Cut::cutToBurst);
        out.say(
                "%s  %-9s %4d cuts, %4d switched; cut to first burst: median %.1f us",
                round,
                what.label(),
                cuts.size(),
                times.length,
                micros(Percentiles.of(times).p50()));
        return done;
    }

    private FailoverResult result(Map<FailoverCase, List<FailoverLaunch>> done, int launches, String command) {
        Map<FailoverCase, FailoverResult.Summary> cases = new EnumMap<>(FailoverCase.class);
        done.forEach((what, list) -> cases.put(what, FailoverResult.summarize(what, list)));
        Map<String, FailoverResult.Summary> named = new LinkedHashMap<>();
        cases.forEach((what, summary) -> named.put(what.label(), summary));
        String dpdk = done.values().iterator().next().getFirst().dpdk();
        return new FailoverResult(
                command,
                Machine.describe(),
                dpdk,
                Machine.jdk(),
                setup.rig().hasHugepages(),
                setup.packetsPerSecond(),
                launches,
                setup.cuts(),
                named,
                FailoverResult.ratios(cases));
    }

    private void print(FailoverResult result) {
        out.say("");
        out.say(
                "%-9s %-24s %9s %9s %9s %9s  us   (%s)",
                "case", "time", "p50", "p90", "p99", "max", "without the first cut of each process");
        result.cases().forEach(this::print);
        out.say("");
        out.say(
                "%-9s %9s %9s %9s %11s %11s %9s %10s %9s",
                "frames", "lost p50", "p99", "max", "refused p50", "p99", "for good", "duplicated", "reordered");
        result.cases()
                .forEach((name, summary) -> out.say(
                        "%-9s %9s %9s %9s %11s %11s %9s %10s %9s",
                        name,
                        count(summary.lost().p50()),
                        count(summary.lost().p99()),
                        count(summary.lost().max()),
                        count(summary.refused().p50()),
                        count(summary.refused().p99()),
                        count(summary.lostForGood()),
                        count(summary.duplicated()),
                        count(summary.reordered())));
        out.say("");
        out.say("%-28s %8s   %s", "ratio of percentiles", "value", "95 % interval");
        result.ratios()
                .forEach((name, ratio) ->
                        out.say("%-28s %8.3f   %.3f to %.3f", name, ratio.value(), ratio.low(), ratio.high()));
        out.say("");
        result.cases().forEach(this::note);
        out.say(
                "%s; %s",
                result.facts(),
                result.packetsPerSecond() == 0 ? "full load" : result.packetsPerSecond() + " packets per second");
    }

    private void print(String name, FailoverResult.Summary summary) {
        summary.times().forEach((time, percentiles) -> row(name, time, percentiles));
        if (summary.beforeEvent() > 0) {
            row(name, "eventToBurst, event first", summary.eventFirstToBurst());
        }
        row(
                name,
                "cutToBurst, first cut",
                Objects.requireNonNull(summary.first().get("cutToBurst")));
    }

    private void row(String name, String time, Percentiles p) {
        if (p.count() > 0) {
            out.say(
                    "%-9s %-24s %9.2f %9.2f %9.2f %9.2f",
                    name, time, micros(p.p50()), micros(p.p90()), micros(p.p99()), micros(p.max()));
        }
    }

    private void note(String name, FailoverResult.Summary summary) {
        out.say(
                "%s: %d of %d cuts switched; %d decided before their event, which count as 0 from event to burst;"
                        + " in %d another process had the loop's CPU",
                name, summary.switched(), summary.cuts(), summary.beforeEvent(), summary.waited());
    }

    private static String count(double value) {
        return value < 0 ? "-" : String.format(Locale.ROOT, "%.0f", value);
    }

    private static double micros(double nanos) {
        return nanos / MICROSECOND;
    }
}
