package io.twinport.perf.forward;

import io.twinport.perf.statistics.Ratio;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What {@code bench forward --json} writes.
 *
 * @param size of the frames
 * @param burst frames at once, at most
 * @param packets forwarded by each launch, at least
 * @param launches of each case
 * @param hugepages whether EAL had them
 */
record ForwardResult(
        String command,
        String machine,
        String dpdk,
        String jdk,
        boolean hugepages,
        String device,
        String size,
        int burst,
        String mode,
        long packets,
        int launches,
        Map<String, Rates> cases,
        Map<String, Ratio> ratios) {

    /**
     * A case's launches, in their order.
     *
     * @param mpps million packets per second
     * @param firstPacketSeconds from the start of the process, the median
     * @param firstPacket the same of each launch
     * @param waitedShare how much of the time another process had the loop's CPU
     */
    @SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
    record Rates(
            double[] mpps,
            double median,
            double min,
            double max,
            double nanosPerPacket,
            double firstPacketSeconds,
            double[] firstPacket,
            double[] waitedShare) {
        static Rates of(List<Sample> samples) {
            double[] mpps = rates(samples);
            double median = Ratio.median(mpps);
            double[] firstPacket = samples.stream()
                    .mapToDouble(sample -> sample.firstPacket() / 1e9)
                    .toArray();
            return new Rates(
                    mpps,
                    median,
                    Arrays.stream(mpps).min().orElseThrow(),
                    Arrays.stream(mpps).max().orElseThrow(),
                    1e3 / median,
                    Ratio.median(firstPacket),
                    firstPacket,
                    samples.stream().mapToDouble(Sample::waitedShare).toArray());
        }
    }

    /** The rates of each case, and the three ratios; as many samples of each case. */
    static Map<String, Rates> rates(Map<ForwardCase, List<Sample>> samples) {
        Map<String, Rates> rates = new LinkedHashMap<>();
        new EnumMap<>(samples).forEach((what, list) -> rates.put(what.label(), Rates.of(list)));
        return rates;
    }

    static Map<String, Ratio> ratios(Map<ForwardCase, List<Sample>> samples) {
        Map<String, Ratio> ratios = new LinkedHashMap<>();
        ratios.put("bareVsTestpmd", ratio(samples, ForwardCase.BARE, ForwardCase.TESTPMD));
        ratios.put("failoverVsTestpmd", ratio(samples, ForwardCase.FAILOVER, ForwardCase.TESTPMD));
        ratios.put("failoverVsBare", ratio(samples, ForwardCase.FAILOVER, ForwardCase.BARE));
        return ratios;
    }

    private static Ratio ratio(Map<ForwardCase, List<Sample>> samples, ForwardCase what, ForwardCase other) {
        return Ratio.of(
                rates(Objects.requireNonNull(samples.get(what))), rates(Objects.requireNonNull(samples.get(other))));
    }

    private static double[] rates(List<Sample> samples) {
        return samples.stream().mapToDouble(Sample::mpps).toArray();
    }
}
