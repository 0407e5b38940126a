package io.twinport.perf.stall;

import io.twinport.perf.load.LaunchTimes;
import io.twinport.perf.report.Page;
import io.twinport.perf.report.PercentilePlot;
import io.twinport.perf.statistics.Ratio;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The page that {@code bench stall --html} writes. */
final class StallPage {
    private StallPage() {}

    static String of(StallBench.Outcome outcome) {
        StallResult result = outcome.result();
        Page page = new Page("twinport bench stall")
                .command(result.command())
                .text(result.facts() + "; " + result.launches() + " launches of each case, in turn.");
        PercentilePlot plot = new PercentilePlot();
        outcome.passes().forEach(plot::add);
        page.heading("What a pass of the loop takes").plot(plot.svg());
        page.note(
                "A pass is from one poll to the next. All launches of a case together. The cases that are named after a"
                        + " collector allocate " + result.allocatedMegabytes() + " MB/s on another CPU.");
        page.heading("Percentiles in microseconds, medians of the launches");
        page.table(
                Stream.concat(Stream.of("case"), LaunchTimes.COLUMNS.stream()).toList(),
                result.cases().entrySet().stream()
                        .map(named -> row(named.getKey(), named.getValue()))
                        .toList());
        page.heading("The 99.999th percentile beside C's, by round");
        page.table(
                List.of("case", "median", "min", "max", "95 % interval"),
                result.stallVsC().entrySet().stream()
                        .map(named -> row(named.getKey(), named.getValue()))
                        .toList());
        return page.html();
    }

    private static List<String> row(String name, StallResult.Passes passes) {
        return Stream.concat(
                        Stream.of(name),
                        passes.times().columns().map(nanos -> format("%.2f", Ratio.median(nanos) / 1e3)))
                .toList();
    }

    private static List<String> row(String name, Ratio ratio) {
        Stream<String> cells =
                DoubleStream.of(ratio.median(), ratio.min(), ratio.max()).mapToObj(value -> format("%.3f", value));
        String interval = format("%.3f", ratio.low()) + " to " + format("%.3f", ratio.high());
        return Stream.of(Stream.of(name), cells, Stream.of(interval))
                .flatMap(cell -> cell)
                .toList();
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
