package io.twinport.perf.statistics;

import java.util.Arrays;
import java.util.Random;

/**
 * One case against another: the ratios of their rates, round by round, because what disturbs a machine disturbs
 * neighbouring launches alike.
 *
 * @param low lower end of the 95 % confidence interval of the median, by bootstrap; crude for few rounds
 * @param high its upper end
 */
public record Ratio(double median, double min, double max, double low, double high) {
    private static final int RESAMPLES = 10_000;
    private static final double OUTSIDE = 0.025;

    /** Ratios of the i-th rate of one case to the i-th of the other; there must be as many of both. */
    public static Ratio of(double[] rates, double[] others) {
        if (rates.length != others.length || rates.length == 0) {
            throw new IllegalArgumentException(rates.length + " rates against " + others.length);
        }
        double[] ratios = new double[rates.length];
        Arrays.setAll(ratios, i -> rates[i] / others[i]);
        return ofRounds(ratios);
    }

    /** Of what each round has given, where that is a figure already. */
    public static Ratio ofRounds(double[] ratios) {
        double[] medians = new double[RESAMPLES];
        Random random = new Random(1); // the same samples give the same interval
        double[] sample = new double[ratios.length];
        for (int i = 0; i < RESAMPLES; i++) {
            Arrays.setAll(sample, ignored -> ratios[random.nextInt(ratios.length)]);
            medians[i] = median(sample);
        }
        Arrays.sort(medians);
        int outside = (int) (RESAMPLES * OUTSIDE);
        return new Ratio(
                median(ratios),
                Arrays.stream(ratios).min().getAsDouble(),
                Arrays.stream(ratios).max().getAsDouble(),
                medians[outside],
                medians[RESAMPLES - 1 - outside]);
    }

    /** The middle value, or the mean of the two in the middle. */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
