package io.twinport.perf.latency;

import io.twinport.perf.load.LaunchTimes;
import io.twinport.perf.report.Page;
import io.twinport.perf.report.PercentilePlot;
import io.twinport.perf.statistics.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The page that {@code bench latency --html} writes. */
final class LatencyPage {
    private LatencyPage() {}

    static String of(LatencyBench.Outcome outcome) {
        LatencyResult result = outcome.result();
        Page page = new Page("twinport bench latency")
                .command(result.command())
                .text(result.facts() + "; " + result.launches() + " launches of each case, in turn; frames of "
                        + result.size() + " bytes.")
                .note(
                        "From when a frame was due until it came back to the load. Frames that were due or under way while"
                                + " another process had the load's CPU are left out, except in the rows \"all\"; \"passes\" are"
                                + " those of the forwarder's loop."
                                + (result.allocatedMegabytes() == 0
                                        ? ""
                                        : " The cases that are named after a collector allocate "
                                                + result.allocatedMegabytes() + " MB/s on the load's CPU."));
        outcome.undisturbed().forEach((load, histograms) -> add(page, result, load, histograms));
        return page.html();
    }

    private static void add(Page page, LatencyResult result, String load, Map<String, Histogram> histograms) {
        double mpps = Objects.requireNonNull(result.loads().get(load)) / 1e6;
        page.heading(load + " (" + format("%.3f", mpps) + " Mpps)");
        PercentilePlot plot = new PercentilePlot();
        histograms.forEach(plot::add);
        page.plot(plot.svg());
        List<List<String>> rows = new ArrayList<>();
        result.cases().forEach((name, ofCase) -> {
            LatencyResult.UnderLoad under = Objects.requireNonNull(ofCase.get(load));
            rows.add(row(name, under.undisturbed(), format("%.1f", under.lostPerMillion())));
            rows.add(row(name + ", all", under.all(), ""));
            LaunchTimes passes = under.passes();
            if (passes != null) {
                rows.add(row(name + ", passes", passes, ""));
            }
        });
        List<String> head = new ArrayList<>(List.of("us, medians of the launches"));
        head.addAll(LaunchTimes.COLUMNS);
        head.add("lost, ppm");
        page.table(head, rows);
        page.table(
                List.of("by round", "median", "min", "max", "95 % interval"),
                Objects.requireNonNull(result.ratios().get(load)).entrySet().stream()
                        .map(named -> row(named.getKey(), named.getValue()))
                        .toList());
    }

    private static List<String> row(String name, LaunchTimes times, String last) {
        Stream<String> cells = times.columns().map(nanos -> format("%.2f", Ratio.median(nanos) / 1e3));
        return Stream.of(Stream.of(name), cells, Stream.of(last))
                .flatMap(cell -> cell)
                .toList();
    }

    private static List<String> row(String name, Ratio ratio) {
        return List.of(
                name,
                format("%.3f", ratio.median()),
                format("%.3f", ratio.min()),
                format("%.3f", ratio.max()),
                format("%.3f", ratio.low()) + " to " + format("%.3f", ratio.high()));
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
