package io.twinport.perf.scale;

import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rounds;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Launches the cases in turn, each in a fresh process, and compares them. */
final class ScaleBench {
    private final ScaleSetup setup;
    private final int attempts;
    private final PrintStream out;
    private String dpdk = "";

    /** @param attempts how often a launch is made at most, while others disturb it */
    ScaleBench(ScaleSetup setup, int attempts, PrintStream out) {
        this.setup = setup;
        this.attempts = attempts;
        this.out = out;
    }

    /** The result, and the samples that it comes from. */
    record Outcome(ScaleResult result, ScaleSamples samples) {}

    /**
     * @param ports numbers of them, 1 first
     * @param queues numbers of them, 1 first
     * @param launches of each case
     * @param command how the user can run the same again
     */
    Outcome run(List<Integer> ports, List<Integer> queues, int launches, String command) {
        List<ScaleCase> cases = ScaleCase.all(ports, queues, Launch.hasCache());
        ScaleSamples samples = new ScaleSamples(ports, queues, Rounds.run(cases, launches, this::undisturbed));
        ScaleResult result = ScaleResult.of(samples, setup, launches, Launch.hasCache(), dpdk, command);
        print(samples, result);
        return new Outcome(result, samples);
    }

    /** Repeats a launch while others have taken more than a little of its CPU; the last attempt counts as it is. */
    private ScaleSample undisturbed(ScaleCase what, String round) {
        int attempt = 0;
        while (true) {
            ScaleSample sample = ScaleLaunch.run(what, setup);
            dpdk = sample.dpdk().isEmpty() ? dpdk : sample.dpdk();
            boolean again = sample.isDisturbed() && ++attempt < attempts;
            say("%s  %-32s %s%s", round, what.label(), text(sample), again ? ": again" : "");
            if (!again) {
                return sample;
            }
        }
    }

    private static String text(ScaleSample sample) {
        String rate = sample.frames() == 0 ? " ".repeat(13) : format("%8.2f Mpps", sample.mpps());
        String memory = sample.residentKilobytes() == 0 ? "" : format("%7.0f MB", sample.residentMegabytes());
        String disturbed = sample.isDisturbed()
                ? format("   other processes had %.1f %% of its CPU", 100 * sample.waitedShare())
                : "";
        return rate + format("%8.2f s to the first packet", sample.firstPacketSeconds()) + memory + disturbed;
    }

    private void print(ScaleSamples samples, ScaleResult result) {
        for (ScaleTable table : ScaleTable.of(samples)) {
            say("%n%s%n", table.title());
            table.text().forEach(out::println);
        }
        say(
                "%nMedians of %d launches of %.1f s, with 95 %% intervals.",
                result.launches(), result.measuredMillis() / 1e3);
        notes(result).forEach(out::println);
        say(
                "%s, JDK %s, %s, %s",
                result.dpdk(), result.jdk(), result.hugepages() ? "hugepages" : "no hugepages", result.machine());
    }

    /** What one has to know to read the tables. */
    static List<String> notes(ScaleResult result) {
        List<String> notes = new ArrayList<>();
        if (!result.aotCache()) {
            notes.add("This JVM has no AOT cache (-XX:AOTCache), so there is no start with one to compare.");
        }
        if (result.secondLoopShares()) {
            notes.add(
                    "The second loop shares its CPU with all else of its process, and so does testpmd's second core.");
        }
        return notes;
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
    private void say(String format, Object... arguments) {
        out.println(format(format, arguments));
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
