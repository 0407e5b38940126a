package io.twinport.perf.failover;

import io.twinport.perf.report.Page;
import io.twinport.perf.report.PercentilePlot;
import io.twinport.perf.report.TimelinePlot;
import io.twinport.perf.statistics.Percentiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The page that {@code bench failover --html} writes. */
final class FailoverPage {
    private static final double MICROSECOND = 1e3;

    // What of a timeline is shown.
    private static final int SLOTS_BEFORE = 30;
    private static final int SLOTS_AFTER = 30;
    private static final int SLOTS_AT_LEAST = 100;

    private FailoverPage() {}

    static String of(FailoverResult result) {
        Page page = new Page("twinport bench failover")
                .command(result.command())
                .text(result.facts() + "; "
                        + (result.packetsPerSecond() == 0
                                ? "as fast as possible"
                                : result.packetsPerSecond() + " packets per second")
                        + "; " + result.launches() + " launches of each case, in turn.");
        plot(page, result, "From the cut to the first burst on the standby", Cut::cutToBurst);
        plot(page, result, "From the event to the first burst on the standby", Cut::eventToBurst)
                .note("The event is the entry of the driver's first callback. Switches that were decided before it"
                        + " count as 0, and are drawn at the lower edge.");
        timelines(page, result);
        page.heading("Percentiles, in microseconds, without the first cut of each process");
        page.table(List.of("case and time", "samples", "p50", "p90", "p99", "max"), rows(result));
        page.heading("Frames per cut");
        page.table(
                List.of(
                        "case",
                        "switched",
                        "before the event",
                        "lost p50",
                        "lost max",
                        "refused p50",
                        "lost for good",
                        "duplicated",
                        "reordered"),
                counts(result));
        page.note("Lost: taken by a driver and not arrived while the primary was cut. virtio-user keeps its ring, so"
                + " they come late, when the link is restored; what has not come even then is lost for good.");
        page.heading("Ratios of percentiles");
        page.table(List.of("ratio", "value", "95 % interval"), ratios(result));
        return page.html();
    }

    private static Page plot(Page page, FailoverResult result, String title, ToLongFunction<Cut> time) {
        PercentilePlot plot = new PercentilePlot();
        result.cases()
                .forEach((name, summary) -> plot.add(
                        name,
                        FailoverResult.times(summary, time)
                                .mapToDouble(nanos -> nanos / MICROSECOND)
                                .toArray()));
        return page.heading(title).plot(plot.svg());
    }

    private static void timelines(Page page, FailoverResult result) {
        result.cases()
                .forEach((name, summary) -> summary.timeline().ifPresent(recorded -> {
                    Timeline timeline = recorded.cropped(SLOTS_BEFORE, SLOTS_AFTER, SLOTS_AT_LEAST);
                    page.heading(name + ": one cut, frames per 10 us at the far ends");
                    page.plot(TimelinePlot.svg(
                            FailoverTraffic.SLOT_NANOS / MICROSECOND,
                            timeline.cutAtNanos() / MICROSECOND,
                            "cut",
                            List.of("primary", "standby"),
                            timeline.primary(),
                            timeline.standby()));
                }));
    }

    private static List<List<String>> rows(FailoverResult result) {
        List<List<String>> rows = new ArrayList<>();
        result.cases().forEach((name, summary) -> {
            add(rows, name, summary.times());
            if (summary.beforeEvent() > 0) {
                add(rows, name, Map.of("eventToBurst, event first", summary.eventFirstToBurst()));
            }
            summary.first().forEach((time, p) -> {
                if (time.equals("cutToBurst")) {
                    add(rows, name, Map.of("cutToBurst, first cut", p));
                }
            });
        });
        return rows;
    }

    private static void add(List<List<String>> rows, String name, Map<String, Percentiles> times) {
        times.forEach((time, p) -> {
            if (p.count() > 0) {
                rows.add(List.of(
                        name + " " + time,
                        "" + p.count(),
                        micros(p.p50()),
                        micros(p.p90()),
                        micros(p.p99()),
                        micros(p.max())));
            }
        });
    }

    private static List<List<String>> counts(FailoverResult result) {
        List<List<String>> rows = new ArrayList<>();
        result.cases()
                .forEach((name, summary) -> rows.add(List.of(
                        name,
                        summary.switched() + " of " + summary.cuts(),
                        "" + summary.beforeEvent(),
                        count(summary.lost().p50()),
                        count(summary.lost().max()),
                        count(summary.refused().p50()),
                        count(summary.lostForGood()),
                        count(summary.duplicated()),
                        count(summary.reordered()))));
        return rows;
    }

    private static List<List<String>> ratios(FailoverResult result) {
        List<List<String>> rows = new ArrayList<>();
        result.ratios()
                .forEach((name, ratio) -> rows.add(List.of(
                        name,
                        format("%.3f", ratio.value()),
                        format("%.3f", ratio.low()) + " to " + format("%.3f", ratio.high()))));
        return rows;
    }

    private static String count(double value) {
        return value < 0 ? "unknown" : format("%.0f", value);
    }

    private static String micros(double nanos) {
        return format("%.2f", nanos / MICROSECOND);
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
