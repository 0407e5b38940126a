package io.twinport.perf.failover;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.twinport.perf.report.Conditions;
import io.twinport.perf.statistics.Percentiles;
import io.twinport.perf.statistics.Quotient;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * What {@code bench failover --json} writes. All times are nanoseconds.
 *
 * @param packetsPerSecond 0: as fast as possible
 * @param cuts of each launch
 * @param ratios of percentiles: {@code event} is event to first burst, {@code eventFirst} the same of those switches
 *     that did not precede their event, {@code cut} is cut to first burst
 */
record FailoverResult(
        String command,
        String machine,
        String dpdk,
        String jdk,
        boolean hugepages,
        long packetsPerSecond,
        int launches,
        int cuts,
        Map<String, Summary> cases,
        Map<String, Quotient> ratios)
        implements Conditions {

    /**
     * A case.
     *
     * @param cuts without the first ones of the processes, unless there are no others
     * @param switched how many of them made the standby be used
     * @param beforeEvent how many of those were decided before there was an event
     * @param waited in how many of them another process had the loop's CPU for more than 10 us
     * @param times percentiles by name
     * @param eventFirstToBurst event to first burst of the switches that did not precede their event
     * @param lostForGood of all cuts, as the two that follow; -1 where it is not known
     * @param first the first cuts of the processes
     * @param samples all cuts, by launch and by name
     */
    record Summary(
            int cuts,
            int switched,
            int beforeEvent,
            int waited,
            Map<String, Percentiles> times,
            Percentiles eventFirstToBurst,
            Percentiles lost,
            Percentiles refused,
            long lostForGood,
            long duplicated,
            long reordered,
            Map<String, Percentiles> first,
            Optional<Timeline> timeline,
            List<Map<String, long[]>> samples,
            @JsonIgnore List<List<Cut>> launches) {}

    private static final long WAITED_NANOS = 10_000;

    private static final Map<String, ToLongFunction<Cut>> TIMES = new LinkedHashMap<>();
    private static final Map<String, ToLongFunction<Cut>> COLUMNS = new LinkedHashMap<>();

    static {
        TIMES.put("cutToEvent", Cut::cutToEvent);
        TIMES.put("eventToDecision", Cut::eventToDecision);
        TIMES.put("decisionToBurst", Cut::decisionToBurst);
        TIMES.put("eventToBurst", Cut::eventToBurst);
        TIMES.put("cutToBurst", Cut::cutToBurst);
        TIMES.put("backEventToBurst", Cut::backEventToBurst);
        COLUMNS.putAll(TIMES);
        COLUMNS.put("beforeEvent", cut -> cut.beforeEvent() ? 1 : 0);
        COLUMNS.put("lost", Cut::lost);
        COLUMNS.put("refused", Cut::refused);
        COLUMNS.put("duplicated", Cut::duplicated);
        COLUMNS.put("reordered", Cut::reordered);
        COLUMNS.put("lostForGood", Cut::lostForGood);
        COLUMNS.put("waited", Cut::waited);
    }

    /** Draws up a case. */
    static Summary summarize(FailoverCase what, List<FailoverLaunch> launches) {
        List<List<Cut>> counted = launches.stream()
                .map(launch -> launch.cuts().stream()
                        .filter(cut -> what.isCutOnce() || !cut.isFirst())
                        .toList())
                .toList();
        List<Cut> cuts = counted.stream().flatMap(List::stream).toList();
        List<Cut> all =
                launches.stream().flatMap(launch -> launch.cuts().stream()).toList();
        List<Cut> first = all.stream().filter(Cut::isFirst).toList();
        List<Map<String, long[]>> samples =
                launches.stream().map(launch -> columns(launch.cuts())).toList();
        return new Summary(
                cuts.size(),
                (int) cuts.stream().filter(Cut::isSwitched).count(),
                (int) cuts.stream().filter(Cut::beforeEvent).count(),
                (int) cuts.stream().filter(cut -> cut.waited() > WAITED_NANOS).count(),
                times(cuts),
                Percentiles.of(known(eventFirst(cuts), Cut::eventToBurst)),
                Percentiles.of(known(cuts, Cut::lost)),
                Percentiles.of(known(cuts, Cut::refused)),
                sum(all, Cut::lostForGood),
                sum(all, Cut::duplicated),
                sum(all, Cut::reordered),
                times(first),
                typical(launches),
                samples,
                counted);
    }

    static Map<String, Quotient> ratios(Map<FailoverCase, Summary> cases) {
        Map<String, Quotient> ratios = new LinkedHashMap<>();
        new EnumMap<>(cases).forEach((what, ours) -> {
            if (what.isOurs() && what != FailoverCase.PLANNED) {
                for (FailoverCase other : List.of(FailoverCase.BONDING, FailoverCase.SELECTOR)) {
                    Summary theirs = cases.get(other);
                    if (theirs != null) {
                        addRatios(ratios, what, ours, other, theirs);
                    }
                }
            }
        });
        return ratios;
    }

    private static void addRatios(
            Map<String, Quotient> ratios, FailoverCase what, Summary ours, FailoverCase other, Summary theirs) {
        String prefix = what == FailoverCase.TWINPORT ? "" : what.label() + ".";
        String vs = "Vs" + Character.toUpperCase(other.label().charAt(0))
                + other.label().substring(1);
        List<double[]> event = samples(theirs.launches(), Cut::eventToBurst);
        List<double[]> cut = samples(theirs.launches(), Cut::cutToBurst);
        List<double[]> oursEvent = samples(ours.launches(), Cut::eventToBurst);
        List<double[]> oursCut = samples(ours.launches(), Cut::cutToBurst);
        List<double[]> oursEventFirst =
                samples(ours.launches().stream().map(FailoverResult::eventFirst).toList(), Cut::eventToBurst);
        ratios.put(prefix + "eventP50" + vs, Quotient.of(oursEvent, event, 0.5));
        ratios.put(prefix + "eventP99" + vs, Quotient.of(oursEvent, event, 0.99));
        ratios.put(prefix + "eventFirstP50" + vs, Quotient.of(oursEventFirst, event, 0.5));
        ratios.put(prefix + "eventFirstP99" + vs, Quotient.of(oursEventFirst, event, 0.99));
        ratios.put(prefix + "cutP50" + vs, Quotient.of(oursCut, cut, 0.5));
        ratios.put(prefix + "cutP90" + vs, Quotient.of(oursCut, cut, 0.9));
        ratios.put(prefix + "cutP99" + vs, Quotient.of(oursCut, cut, 0.99));
    }

    static List<Cut> eventFirst(List<Cut> cuts) {
        return cuts.stream().filter(cut -> !cut.beforeEvent()).toList();
    }

    private static List<double[]> samples(List<List<Cut>> launches, ToLongFunction<Cut> what) {
        return launches.stream().map(cuts -> known(cuts, what)).toList();
    }

    private static Map<String, Percentiles> times(List<Cut> cuts) {
        Map<String, Percentiles> times = new LinkedHashMap<>();
        TIMES.forEach((name, what) -> times.put(name, Percentiles.of(known(cuts, what))));
        return times;
    }

    /** Of those that know it; -1 where none does. */
    static long sum(List<Cut> cuts, ToLongFunction<Cut> what) {
        return cuts.stream()
                .mapToLong(what)
                .filter(value -> value >= 0)
                .reduce(Long::sum)
                .orElse(Cut.UNKNOWN);
    }

    /** What did not happen, or is not known, is no sample. */
    static double[] known(List<Cut> cuts, ToLongFunction<Cut> what) {
        return cuts.stream()
                .mapToLong(what)
                .filter(value -> value >= 0)
                .asDoubleStream()
                .toArray();
    }

    private static Map<String, long[]> columns(List<Cut> cuts) {
        Map<String, long[]> columns = new LinkedHashMap<>();
        COLUMNS.forEach(
                (name, what) -> columns.put(name, cuts.stream().mapToLong(what).toArray()));
        return columns;
    }

    /** The timeline whose cut took nearest to the median of those that have one. */
    private static Optional<Timeline> typical(List<FailoverLaunch> launches) {
        List<FailoverLaunch> recorded = new ArrayList<>(launches.stream()
                .filter(launch -> launch.timeline().filter(Timeline::hasCut).isPresent())
                .toList());
        recorded.sort((a, b) -> Long.compare(lastCut(a), lastCut(b)));
        return recorded.isEmpty()
                ? Optional.empty()
                : recorded.get((recorded.size() - 1) / 2).timeline();
    }

    private static long lastCut(FailoverLaunch launch) {
        return launch.cuts().getLast().cutToBurst();
    }

    /** Event to first burst of all cuts that count, in nanoseconds. */
    static LongStream times(Summary summary, ToLongFunction<Cut> what) {
        return summary.launches().stream().flatMap(List::stream).mapToLong(what).filter(value -> value >= 0);
    }
}
