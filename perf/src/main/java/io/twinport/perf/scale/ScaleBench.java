package io.twinport.perf.scale;

import io.twinport.perf.launch.Disturbable;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rounds;
import io.twinport.perf.report.Printer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Launches the cases in turn, each in a fresh process, and compares them. */
final class ScaleBench {
    private final ScaleSetup setup;
    private final int attempts;
    private final Printer out;
    private String dpdk = "";

    /** @param attempts how often a launch is made at most, while others disturb it */
    ScaleBench(ScaleSetup setup, int attempts, PrintStream out) {
        this.setup = setup;
        this.attempts = attempts;
        this.out = new Printer(out);
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

    private ScaleSample undisturbed(ScaleCase what, String round) {
        return Disturbable.undisturbed(attempts, () -> launch(what), (sample, note) -> {
            out.say("%s  %-32s %s%s", round, what.label(), text(sample), note);
        });
    }

    private ScaleSample launch(ScaleCase what) {
        ScaleSample sample = ScaleLaunch.run(what, setup);
        dpdk = sample.dpdk().isEmpty() ? dpdk : sample.dpdk();
        return sample;
    }

    private static String text(ScaleSample sample) {
        String rate = sample.frames() == 0 ? " ".repeat(13) : format("%8.2f Mpps", sample.mpps());
        String memory = sample.residentKilobytes() == 0 ? "" : format("%7.0f MB", sample.residentMegabytes());
        return rate + format("%8.2f s to the first packet", sample.firstPacketSeconds()) + memory;
    }

    private void print(ScaleSamples samples, ScaleResult result) {
        for (ScaleTable table : ScaleTable.of(samples)) {
            out.say("%n%s%n", table.title());
            out.lines(table.text());
        }
        out.say(
                "%nMedians of %d launches of %.1f s, with 95 %% intervals.",
                result.launches(), result.measuredMillis() / 1e3);
        out.lines(notes(result));
        out.say("%s", result.facts());
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
    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
