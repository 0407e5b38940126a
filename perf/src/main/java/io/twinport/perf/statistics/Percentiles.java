package io.twinport.perf.statistics;

import java.util.Arrays;

/**
 * Percentiles of samples, each one of the samples itself (nearest rank), not interpolated.
 *
 * @param count 0: all others are -1
 */
public record Percentiles(int count, double p50, double p90, double p99, double max) {
    private static final double UNKNOWN = -1;

    public static Percentiles of(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted.length == 0
                ? new Percentiles(0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
                : new Percentiles(
                        sorted.length,
                        atRank(sorted, 0.5),
                        atRank(sorted, 0.9),
                        atRank(sorted, 0.99),
                        sorted[sorted.length - 1]);
    }

    /**
     * The smallest sample that at least a share of all samples does not exceed.
     *
     * @param sorted ascending, not empty
     * @param share above 0, at most 1
     */
    public static double atRank(double[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * share) - 1)];
    }
}
