package io.twinport.perf.forward;

import io.twinport.perf.statistics.Ratio;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What has been measured, for people: the cells of the table that is printed, and of those on the page. */
final class ForwardTable {
    private static final List<ForwardCase> REFERENCES = List.of(ForwardCase.TESTPMD, ForwardCase.BARE);

    private static final List<String> HEAD = List.of(
            "case",
            "Mpps",
            "min",
            "max",
            "ns/packet",
            "/ testpmd",
            "95 % interval",
            "/ bare",
            "95 % interval",
            "start");
    private static final String FORMAT = "%-9s %8s %8s %8s %9s   %9s %16s   %7s %16s   %6s";

    private ForwardTable() {}

    static void print(List<ForwardResult> results, PrintStream out) {
        for (ForwardResult result : results) {
            out.println();
            out.println(result.what());
            printRow(HEAD, out);
            rows(result).forEach(cells -> printRow(cells, out));
        }
        ForwardResult any = results.getFirst();
        out.println();
        out.println(
                "Rates are medians of " + any.launches()
                        + " launches, ratios medians by round; start: seconds from the start of the process to its first packet.");
        out.println(any.facts());
    }

    private static void printRow(List<String> cells, PrintStream out) {
        out.println(String.format(Locale.ROOT, FORMAT, cells.toArray()).stripTrailing());
    }

    static List<String> head() {
        return HEAD;
    }

    /** A row for each case. */
    static List<List<String>> rows(ForwardResult result) {
        return result.cases().entrySet().stream()
                .map(named -> row(named.getKey(), named.getValue(), result.ratios()))
                .toList();
    }

    private static List<String> row(String name, ForwardResult.Rates rates, Map<String, Ratio> ratios) {
        Stream<String> ofRates = Stream.of(
                name,
                cell("%.2f", rates.median()),
                cell("%.2f", rates.min()),
                cell("%.2f", rates.max()),
                cell("%.3f", rates.nanosPerPacket()));
        Stream<String> ofRatios =
                REFERENCES.stream().flatMap(reference -> cells(ratios.get(ForwardResult.key(name, reference))));
        return Stream.of(ofRates, ofRatios, Stream.of(cell("%.2f", rates.firstPacketSeconds())))
                .flatMap(cells -> cells)
                .toList();
    }

    private static Stream<String> cells(@Nullable Ratio ratio) {
        return ratio == null
                ? Stream.of("", "")
                : Stream.of(
                        cell("%.3f", ratio.median()), cell("%.3f", ratio.low()) + " to " + cell("%.3f", ratio.high()));
    }

    private static String cell(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
