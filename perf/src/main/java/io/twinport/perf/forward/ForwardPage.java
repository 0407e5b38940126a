package io.twinport.perf.forward;

import io.twinport.perf.report.BarPlot;
import io.twinport.perf.report.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The page that {@code bench forward --html} writes. */
final class ForwardPage {
    private ForwardPage() {}

    /**
     * @param results at least one
     * @param leftOut what could not be had, and why
     */
    static String of(String command, List<ForwardResult> results, Map<String, String> leftOut) {
        ForwardResult any = results.getFirst();
        Page page = new Page("twinport bench forward")
                .command(command)
                .text(any.facts() + "; " + any.launches() + " launches of each case, in turn.")
                .note(
                        "A bar is the median of the launches, the line across its end goes from the slowest to the fastest."
                                + " A ratio is the median of the ratios by round.");
        Map<String, List<ForwardResult>> byPlot = new LinkedHashMap<>();
        results.forEach(result -> byPlot.computeIfAbsent(title(result), ignored -> new ArrayList<>())
                .add(result));
        byPlot.forEach((title, plotted) -> {
            BarPlot plot = new BarPlot("Mpps");
            plotted.forEach(result -> result.cases()
                    .forEach((name, rates) ->
                            plot.add("burst " + result.burst(), name, rates.median(), rates.min(), rates.max())));
            page.heading(title).plot(plot.svg());
            page.table(
                    Stream.concat(Stream.of("burst"), ForwardTable.head().stream())
                            .toList(),
                    plotted.stream().flatMap(ForwardPage::rows).toList());
        });
        if (!leftOut.isEmpty()) {
            page.heading("Left out");
            leftOut.forEach((what, why) -> page.text(what + ": " + why + "."));
        }
        return page.html();
    }

    private static String title(ForwardResult result) {
        return result.device() + ", " + result.sizeInWords() + ", " + result.mode();
    }

    private static Stream<List<String>> rows(ForwardResult result) {
        return ForwardTable.rows(result).stream()
                .map(cells -> Stream.concat(Stream.of("" + result.burst()), cells.stream())
                        .toList());
    }
}
