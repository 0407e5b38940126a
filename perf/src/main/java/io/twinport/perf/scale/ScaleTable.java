package io.twinport.perf.scale;

import io.twinport.perf.statistics.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A table of the results, for the terminal and for the page.
 *
 * @param rows of as many cells as the head has
 */
record ScaleTable(String title, List<String> head, List<List<String>> rows) {
    private static final String NONE = "";

    static List<ScaleTable> of(ScaleSamples samples) {
        return List.of(rates(samples), starts(samples), queues(samples));
    }

    private static ScaleTable rates(ScaleSamples samples) {
        List<List<String>> rows = new ArrayList<>();
        for (int n : samples.ports()) {
            List<String> row = new ArrayList<>(List.of("" + n));
            row.addAll(rates(samples, ScaleCase.ofPorts(Peer.TWINPORT, n, n)));
            row.add(n == 1 ? NONE : interval("%.1f", samples.idleNanos(Peer.TWINPORT, n)));
            row.add(n == 1 ? NONE : interval("%.1f", samples.idleNanos(Peer.TESTPMD, n)));
            rows.add(row);
        }
        return new ScaleTable(
                "Ports in one loop: all busy, and one of them busy",
                List.of("ports", "Mpps in all", "testpmd", "ours / testpmd", "ns per idle port", "testpmd"),
                rows);
    }

    private static ScaleTable starts(ScaleSamples samples) {
        List<List<String>> rows = new ArrayList<>();
        for (int n : samples.ports()) {
            rows.add(List.of(
                    "" + n,
                    value(samples, Peer.TWINPORT, n, ScaleSample::firstPacketSeconds, "%.2f"),
                    value(samples, Peer.WITHOUT_CACHE, n, ScaleSample::firstPacketSeconds, "%.2f"),
                    value(samples, Peer.TESTPMD, n, ScaleSample::firstPacketSeconds, "%.2f"),
                    value(samples, Peer.TWINPORT, n, ScaleSample::residentMegabytes, "%.0f"),
                    value(samples, Peer.TESTPMD, n, ScaleSample::residentMegabytes, "%.0f")));
        }
        rows.add(List.of(
                "run: 1",
                value(samples, Peer.RUN, 1, ScaleSample::firstPacketSeconds, "%.2f"),
                value(samples, Peer.RUN_WITHOUT_CACHE, 1, ScaleSample::firstPacketSeconds, "%.2f"),
                NONE,
                value(samples, Peer.RUN, 1, ScaleSample::residentMegabytes, "%.0f"),
                NONE));
        ScaleTable table = new ScaleTable(
                "Start and memory",
                List.of("ports", "s to first packet", "without AOT cache", "testpmd", "MB resident", "testpmd"),
                rows);
        return samples.has(ScaleCase.ofPorts(Peer.WITHOUT_CACHE, 1, 1)) ? table : table.without(2);
    }

    private static ScaleTable queues(ScaleSamples samples) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(queues(samples, 1, 1));
        for (int q : samples.furtherQueues()) {
            rows.add(queues(samples, q, 1));
            rows.add(queues(samples, q, 2));
        }
        return new ScaleTable(
                "Queues and loops of one port", List.of("queues", "loops", "Mpps", "testpmd", "ours / testpmd"), rows);
    }

    private static List<String> queues(ScaleSamples samples, int queues, int loops) {
        List<String> row = new ArrayList<>(List.of("" + queues, "" + loops));
        row.addAll(rates(samples, ScaleCase.ofQueues(Peer.TWINPORT, queues, loops)));
        return row;
    }

    /** Our rate, testpmd's, and their ratio. */
    private static List<String> rates(ScaleSamples samples, ScaleCase ours) {
        ScaleCase theirs = new ScaleCase(Peer.TESTPMD, ours.ports(), ours.busy(), ours.queues(), ours.loops());
        return List.of(
                format("%.1f", samples.median(ours, ScaleSample::mpps).median()),
                format("%.1f", samples.median(theirs, ScaleSample::mpps).median()),
                interval("%.3f", samples.rateVsTestpmd(ours)));
    }

    private static String value(
            ScaleSamples samples, Peer peer, int n, ToDoubleFunction<ScaleSample> value, String format) {
        ScaleCase what = ScaleCase.ofPorts(peer, n, n);
        return samples.has(what) ? interval(format, samples.median(what, value)) : NONE;
    }

    private static String interval(String format, Ratio ratio) {
        return format(format, ratio.median()) + " (" + format(format, ratio.low()) + " to "
                + format(format, ratio.high()) + ")";
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private ScaleTable without(int column) {
        return new ScaleTable(
                title,
                without(head, column),
                rows.stream().map(row -> without(row, column)).toList());
    }

    private static List<String> without(List<String> cells, int column) {
        return IntStream.range(0, cells.size())
                .filter(i -> i != column)
                .mapToObj(cells::get)
                .toList();
    }

    /** Lines of aligned columns. */
    List<String> text() {
        List<List<String>> all = new ArrayList<>(List.of(head));
        all.addAll(rows);
        int[] widths = IntStream.range(0, head.size())
                .map(i ->
                        all.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
                .toArray();
        List<String> lines = new ArrayList<>();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(" ".repeat(widths[i] - row.get(i).length() + (i == 0 ? 0 : 3)))
                        .append(row.get(i));
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
