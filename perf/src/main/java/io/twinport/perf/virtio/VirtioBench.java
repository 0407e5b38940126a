package io.twinport.perf.virtio;

import io.twinport.control.Machine;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.launch.Rounds;
import io.twinport.perf.report.Printer;
import io.twinport.perf.statistics.Ratio;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** Launches the cases in turn, each in a fresh process, and compares them. */
final class VirtioBench {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String OUT = "out";
    private static final String IN = "in";

    private final Rig rig;
    private final int rounds;
    private final Printer out;

    /** @param rounds of each load in a launch */
    VirtioBench(Rig rig, int rounds, PrintStream out) {
        this.rig = rig;
        this.rounds = rounds;
        this.out = new Printer(out);
    }

    private record Launched(String dpdk, List<Times> times) {}

    /**
     * @param launches of each case
     * @param command how the user can run the same again
     */
    VirtioResult run(int launches, String command) {
        Map<VirtioCase, List<Launched>> done =
                Rounds.run(List.of(VirtioCase.values()), launches, (what, round) -> launch(what, round));
        Map<String, Map<String, double[]>> nanos = new LinkedHashMap<>();
        for (int i = 0; i < Load.ALL.size(); i++) {
            int load = i;
            String label = Load.ALL.get(i).label();
            nanos.put(
                    label + ", " + OUT,
                    nanos(done, launched -> launched.times().get(load).out()));
            nanos.put(
                    label + ", " + IN,
                    nanos(done, launched -> launched.times().get(load).in()));
        }
        VirtioResult result = new VirtioResult(
                command,
                Machine.describe(),
                Objects.requireNonNull(done.get(VirtioCase.TWINPORT)).getFirst().dpdk(),
                Machine.jdk(),
                rig.hasHugepages(),
                launches,
                nanos,
                ratios(nanos));
        print(result);
        return result;
    }

    private Launched launch(VirtioCase what, String round) {
        List<String> command = Launch.java(VirtioChild.class, List.of(what.name(), rig.toText(), "" + rounds));
        List<String> lines = Launch.run(what.label(), command, LIMIT, (line, pid) -> {});
        List<Times> times = Times.find(lines);
        out.say(
                "%s  %-10s %.1f ns a frame out, %.1f in",
                round, what.label(), times.getFirst().out(), times.getFirst().in());
        return new Launched(Launch.find("dpdk ", lines), times);
    }

    private static Map<String, double[]> nanos(Map<VirtioCase, List<Launched>> done, ToDoubleFunction<Launched> time) {
        Map<String, double[]> nanos = new LinkedHashMap<>();
        done.forEach((what, launches) ->
                nanos.put(what.label(), launches.stream().mapToDouble(time).toArray()));
        return nanos;
    }

    /** The best of DPDK's is the one with the least median, of each direction. */
    private static Map<String, Ratio> ratios(Map<String, Map<String, double[]>> nanos) {
        Map<String, Ratio> ratios = new LinkedHashMap<>();
        for (String direction : List.of(OUT, IN)) {
            Map<String, double[]> usual = Objects.requireNonNull(nanos.get(Load.USUAL.label() + ", " + direction));
            double[] ours = Objects.requireNonNull(usual.get(VirtioCase.TWINPORT.label()));
            double[] best = Arrays.stream(VirtioCase.values())
                    .filter(what -> !what.isOurs())
                    .map(what -> Objects.requireNonNull(usual.get(what.label())))
                    .min((one, other) -> Double.compare(Ratio.median(one), Ratio.median(other)))
                    .orElseThrow();
            double[] byDefault = Objects.requireNonNull(usual.get(VirtioCase.DEFAULT.label()));
            ratios.put(direction + "VsDefault", Ratio.of(ours, byDefault));
            ratios.put(direction + "VsBest", Ratio.of(ours, best));
        }
        return ratios;
    }

    private void print(VirtioResult result) {
        out.say("");
        StringBuilder header = new StringBuilder(String.format("%-24s", "ns a frame"));
        for (VirtioCase what : VirtioCase.values()) {
            header.append(String.format(" %10s", what.label()));
        }
        out.say("%s", header);
        result.nanos().forEach((load, byCase) -> {
            StringBuilder line = new StringBuilder(String.format("%-24s", load));
            byCase.values().forEach(times -> line.append(String.format(" %10.1f", Ratio.median(times))));
            out.say("%s", line);
        });
        out.say("medians of %d launches", result.launches());
        out.say("");
        out.ratios("time for a frame beside DPDK's", result.ratios());
        out.say("");
        out.say("%s", result.facts());
    }
}
