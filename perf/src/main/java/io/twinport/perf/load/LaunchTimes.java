package io.twinport.perf.load;

import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Percentiles of times, in nanoseconds: of each launch, in their order.
 *
 * @param count of the samples
 */
@SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
public record LaunchTimes(
        long[] count,
        double[] p50,
        double[] p90,
        double[] p99,
        double[] p999,
        double[] p9999,
        double[] p99999,
        double[] max) {
    /** What {@link #columns} are. */
    public static final List<String> COLUMNS = List.of("p50", "p90", "p99", "p99.9", "p99.99", "p99.999", "max");

    public static LaunchTimes of(List<Histogram> launches) {
        return new LaunchTimes(
                launches.stream().mapToLong(Histogram::getTotalCount).toArray(),
                percentile(launches, 50),
                percentile(launches, 90),
                percentile(launches, 99),
                percentile(launches, 99.9),
                percentile(launches, 99.99),
                percentile(launches, 99.999),
                launches.stream().mapToDouble(Histogram::getMaxValue).toArray());
    }

    private static double[] percentile(List<Histogram> launches, double percentile) {
        return launches.stream()
                .mapToDouble(times -> times.getValueAtPercentile(percentile))
                .toArray();
    }

    /** From the median to the maximum. */
    public Stream<double[]> columns() {
        return Stream.of(p50, p90, p99, p999, p9999, p99999, max);
    }
}
