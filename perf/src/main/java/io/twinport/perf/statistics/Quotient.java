package io.twinport.perf.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A percentile of one case's samples divided by that of another's, both over all launches.
 *
 * @param value -1 where a case has no samples, or the other's percentile is 0
 * @param low lower end of the 95 % confidence interval: by a bootstrap that draws launches, then samples within them,
 *     because launches differ by more than chance
 * @param high its upper end
 */
public record Quotient(double value, double low, double high) {
    private static final int RESAMPLES = 2000;
    private static final double OUTSIDE = 0.025;
    private static final Quotient UNKNOWN = new Quotient(-1, -1, -1);

    /**
     * @param launches samples of each launch of the case
     * @param others of the case that it is divided by
     * @param share of the percentile, 0.5 for the median
     */
    public static Quotient of(List<double[]> launches, List<double[]> others, double share) {
        double[] all = sorted(launches);
        double[] othersAll = sorted(others);
        if (all.length == 0 || othersAll.length == 0 || Percentiles.atRank(othersAll, share) == 0) {
            return UNKNOWN;
        }
        Random random = new Random(1); // the same samples give the same interval
        double[] values = new double[RESAMPLES];
        Arrays.setAll(values, ignored -> resampled(launches, share, random) / resampled(others, share, random));
        Arrays.sort(values);
        int outside = (int) (RESAMPLES * OUTSIDE);
        return new Quotient(
                Percentiles.atRank(all, share) / Percentiles.atRank(othersAll, share),
                values[outside],
                values[RESAMPLES - 1 - outside]);
    }

    private static double resampled(List<double[]> launches, double share, Random random) {
        List<double[]> filled =
                launches.stream().filter(samples -> samples.length > 0).toList();
        double[][] drawn = new double[filled.size()][];
        for (int i = 0; i < drawn.length; i++) {
            double[] launch = filled.get(random.nextInt(filled.size()));
            drawn[i] = new double[launch.length];
            Arrays.setAll(drawn[i], ignored -> launch[random.nextInt(launch.length)]);
        }
        return Percentiles.atRank(sorted(List.of(drawn)), share);
    }

    private static double[] sorted(List<double[]> launches) {
        double[] all = launches.stream().flatMapToDouble(Arrays::stream).toArray();
        Arrays.sort(all);
        return all;
    }
}
