package io.twinport.perf.stall;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.twinport.perf.load.LaunchTimes;
import io.twinport.perf.load.Times;
import io.twinport.perf.report.Conditions;
import io.twinport.perf.statistics.Ratio;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * What {@code bench stall --json} writes.
 *
 * @param hugepages whether EAL had them
 * @param measuredMillis of each launch
 * @param allocatedMegabytes per second, by the control plane of the cases that are named after a collector
 * @param launches of each case
 * @param stallVsC the 99.999th percentile of the passes of each of our cases against C's, by round
 */
record StallResult(
        String command,
        String machine,
        String dpdk,
        String jdk,
        boolean hugepages,
        long measuredMillis,
        int allocatedMegabytes,
        int launches,
        Map<String, Passes> cases,
        Map<String, Ratio> stallVsC)
        implements Conditions {
    /**
     * Times that passes of a loop took: of each launch, in their order.
     *
     * @param waitedShare how much of the time another process had the loop's CPU
     */
    @SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
    record Passes(@JsonUnwrapped LaunchTimes times, double[] waitedShare) {
        static Passes of(List<StallLaunch> launches, StallSetup setup) {
            return new Passes(
                    LaunchTimes.of(launches.stream().map(StallLaunch::passes).toList()),
                    launches.stream()
                            .mapToDouble(launch ->
                                    (double) launch.waited() / setup.measured().toNanos())
                            .toArray());
        }
    }

    static Map<String, Passes> cases(Map<StallCase, List<StallLaunch>> launches, StallSetup setup) {
        Map<String, Passes> cases = new LinkedHashMap<>();
        launches.forEach((what, list) -> cases.put(what.label(), Passes.of(list, setup)));
        return cases;
    }

    /** There are as many launches of each case, and C's is one of them. */
    static Map<String, Ratio> stallVsC(Map<String, Passes> cases) {
        double[] ofC =
                Objects.requireNonNull(cases.get(StallCase.C.label())).times().p99999();
        Map<String, Ratio> ratios = new LinkedHashMap<>();
        cases.forEach((name, passes) -> {
            if (!name.equals(StallCase.C.label())) {
                ratios.put(name, Ratio.of(passes.times().p99999(), ofC));
            }
        });
        return ratios;
    }

    /** All passes of a case. */
    static Histogram all(List<StallLaunch> launches) {
        Histogram all = Times.newHistogram();
        launches.forEach(launch -> all.add(launch.passes()));
        return all;
    }
}
