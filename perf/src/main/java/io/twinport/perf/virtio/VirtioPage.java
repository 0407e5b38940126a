package io.twinport.perf.virtio;

import io.twinport.perf.report.BarPlot;
import io.twinport.perf.report.Page;
import io.twinport.perf.statistics.Ratio;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The page that {@code bench virtio --html} writes. */
final class VirtioPage {
    private VirtioPage() {}

    static String of(VirtioResult result) {
        BarPlot plot = new BarPlot("time beside DPDK's");
        result.ratios().forEach((name, ratio) -> plot.add(name, "", ratio.median(), ratio.low(), ratio.high()));
        return new Page("twinport bench virtio")
                .command(result.command())
                .text(result.facts() + "; " + result.launches() + " launches of each case, in turn.")
                .plot(plot.svg())
                .heading("Nanoseconds for a frame, medians of the launches")
                .table(
                        Stream.concat(
                                        Stream.of("load"),
                                        Arrays.stream(VirtioCase.values()).map(VirtioCase::label))
                                .toList(),
                        result.nanos().entrySet().stream().map(VirtioPage::row).toList())
                .html();
    }

    private static List<String> row(Map.Entry<String, Map<String, double[]>> load) {
        Stream<String> times =
                load.getValue().values().stream().map(nanos -> String.format(Locale.ROOT, "%.1f", Ratio.median(nanos)));
        return Stream.concat(Stream.of(load.getKey()), times).toList();
    }
}
