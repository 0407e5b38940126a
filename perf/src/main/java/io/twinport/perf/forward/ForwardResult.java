package io.twinport.perf.forward;

import io.twinport.perf.report.Conditions;
import io.twinport.perf.statistics.Ratio;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
        Map<String, Ratio> ratios)
        implements Conditions {

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
            double[] mpps = ForwardResult.mpps(samples);
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

    /** As many samples of each case. */
    static Map<String, Rates> rates(Map<ForwardCase, List<Sample>> samples) {
        Map<String, Rates> rates = new LinkedHashMap<>();
        new EnumMap<>(samples).forEach((what, list) -> rates.put(what.label(), Rates.of(list)));
        return rates;
    }

    /** Each case beside testpmd and beside the bare port, where these are among them. */
    static Map<String, Ratio> ratios(Map<ForwardCase, List<Sample>> samples) {
        Map<String, Ratio> ratios = new LinkedHashMap<>();
        for (ForwardCase reference : List.of(ForwardCase.TESTPMD, ForwardCase.BARE)) {
            List<Sample> others = samples.get(reference);
            if (others == null) {
                continue;
            }
            new EnumMap<>(samples).forEach((what, list) -> {
                if (what != reference && what != ForwardCase.TESTPMD) {
                    ratios.put(key(what.label(), reference), Ratio.of(mpps(list), mpps(others)));
                }
            });
        }
        return ratios;
    }

    /** A ratio's: {@code failoverVsBare}. */
    static String key(String name, ForwardCase reference) {
        String other = reference.label();
        return name + "Vs" + other.substring(0, 1).toUpperCase(Locale.ROOT) + other.substring(1);
    }

    private static double[] mpps(List<Sample> samples) {
        return samples.stream().mapToDouble(Sample::mpps).toArray();
    }

    /** The combination, {@code vhost/64/32/io}. */
    String label() {
        return String.join("/", device, size, "" + burst, mode);
    }

    String sizeInWords() {
        return FrameSize.of(size).isMixed() ? size : size + " bytes";
    }
}
