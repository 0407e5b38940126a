package io.twinport.perf.latency;

import io.twinport.perf.load.Counts;
import io.twinport.perf.load.ForwarderCase;
import io.twinport.perf.load.Latencies;
import io.twinport.perf.load.LaunchTimes;
import io.twinport.perf.load.Times;
import io.twinport.perf.report.Conditions;
import io.twinport.perf.statistics.Ratio;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bench latency --json} writes.
 *
 * @param hugepages whether EAL had them
 * @param size of the frames, bytes
 * @param burst frames received and sent at once by the forwarder, at most
 * @param measuredMillis of each load
 * @param allocatedMegabytes per second, by the control plane of the cases that are named after a collector
 * @param launches of each case
 * @param loads frames per second, by name
 * @param cases by name of the case, then of the load
 * @param ratios percentiles of the undisturbed frames of each of our cases against testpmd's, by round: by name of the
 *     load, then of the ratio
 */
record LatencyResult(
        String command,
        String machine,
        String dpdk,
        String jdk,
        boolean hugepages,
        int size,
        int burst,
        long measuredMillis,
        int allocatedMegabytes,
        int launches,
        Map<String, Long> loads,
        Map<String, Map<String, UnderLoad>> cases,
        Map<String, Map<String, Ratio>> ratios)
        implements Conditions {

    /**
     * A case under a load.
     *
     * @param undisturbed from when frames were due until they were received, without those that were due or under way
     *     while another process had the load's CPU
     * @param all the same with them
     * @param late from when frames were due until they were sent
     * @param passes of the forwarder's loop, of ours
     * @param counts of each launch
     * @param waitedShare how much of the time another process had the forwarder's CPU
     */
    @SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
    record UnderLoad(
            LaunchTimes undisturbed,
            LaunchTimes all,
            LaunchTimes late,
            @Nullable LaunchTimes passes,
            List<Counts> counts,
            double[] waitedShare) {
        static UnderLoad of(List<LatencyLaunch.Sample> samples) {
            List<Histogram> passes = samples.stream()
                    .map(LatencyLaunch.Sample::passes)
                    .filter(Objects::nonNull)
                    .toList();
            return new UnderLoad(
                    times(samples, Latencies::undisturbed),
                    times(samples, Latencies::all),
                    times(samples, Latencies::late),
                    passes.isEmpty() ? null : LaunchTimes.of(passes),
                    samples.stream().map(LatencyLaunch.Sample::counts).toList(),
                    samples.stream()
                            .mapToDouble(LatencyLaunch.Sample::waitedShare)
                            .toArray());
        }

        private static LaunchTimes times(List<LatencyLaunch.Sample> samples, Function<Latencies, Histogram> histogram) {
            return LaunchTimes.of(samples.stream()
                    .map(sample -> histogram.apply(sample.latencies()))
                    .toList());
        }

        /** Of all launches: how many of a million offered frames did not come back. */
        double lostPerMillion() {
            long offered = counts.stream().mapToLong(Counts::offered).sum();
            long lost = counts.stream()
                    .mapToLong(count -> count.refused() + count.lost())
                    .sum();
            return 1e6 * lost / Math.max(1, offered);
        }

        /** Of all launches: the share of the time in which another process had the load's CPU. */
        double awayShare() {
            return (double) counts.stream().mapToLong(Counts::away).sum()
                    / Math.max(1, counts.stream().mapToLong(Counts::nanos).sum());
        }
    }

    static Map<String, Map<String, UnderLoad>> cases(Map<ForwarderCase, List<LatencyLaunch>> done, List<Load> loads) {
        Map<String, Map<String, UnderLoad>> cases = new LinkedHashMap<>();
        done.forEach((what, launches) -> {
            Map<String, UnderLoad> ofCase = new LinkedHashMap<>();
            loads.forEach(load -> ofCase.put(load.name(), UnderLoad.of(samples(launches, load))));
            cases.put(what.label(), ofCase);
        });
        return cases;
    }

    private static List<LatencyLaunch.Sample> samples(List<LatencyLaunch> launches, Load load) {
        return launches.stream()
                .map(launch -> Objects.requireNonNull(launch.samples().get(load)))
                .toList();
    }

    /** Testpmd is among the cases. */
    static Map<String, Map<String, Ratio>> ratios(Map<String, Map<String, UnderLoad>> cases, List<Load> loads) {
        String testpmd = ForwarderCase.TESTPMD.label();
        Map<String, Map<String, Ratio>> ratios = new LinkedHashMap<>();
        for (Load load : loads) {
            Map<String, Ratio> ofLoad = new LinkedHashMap<>();
            cases.forEach((name, ofCase) -> {
                if (!name.equals(testpmd)) {
                    LaunchTimes one = of(cases, name, load).undisturbed();
                    LaunchTimes other = of(cases, testpmd, load).undisturbed();
                    put(ofLoad, name + "VsTestpmd.p50", one.p50(), other.p50());
                    put(ofLoad, name + "VsTestpmd.p99", one.p99(), other.p99());
                    put(ofLoad, name + "VsTestpmd.p99999", one.p99999(), other.p99999());
                }
            });
            ratios.put(load.name(), ofLoad);
        }
        return ratios;
    }

    static UnderLoad of(Map<String, Map<String, UnderLoad>> cases, String name, Load load) {
        return Objects.requireNonNull(Objects.requireNonNull(cases.get(name)).get(load.name()));
    }

    /** None where a launch has no undisturbed frame. */
    private static void put(Map<String, Ratio> ratios, String name, double[] times, double[] others) {
        if (Arrays.stream(times).allMatch(time -> time > 0)
                && Arrays.stream(others).allMatch(time -> time > 0)) {
            ratios.put(name, Ratio.of(times, others));
        }
    }

    /** All launches of a case, under a load. */
    static Histogram undisturbed(List<LatencyLaunch> launches, Load load) {
        Histogram all = Times.newHistogram();
        samples(launches, load).forEach(sample -> all.add(sample.latencies().undisturbed()));
        return all;
    }
}
