package io.twinport.perf.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for the highest rate at which a device loses no more than is tolerated, by halving (RFC 2544, 26.1). A rate holds
 * if most of its trials do: a single one can lose frames by a disturbance that has nothing to do with the rate, which
 * would send the search far down (FD.io's MLRsearch tolerates half of them as well). Trials are kept, so that a second
 * search with another tolerance repeats none. Of one thread.
 */
public final class NdrSearch {
    private final Device device;
    private final Range range;
    private final int trials;
    private final Map<Long, List<Trial>> done = new HashMap<>();

    /**
     * @param trials of each rate, at most; odd, so that there is always a majority
     */
    public NdrSearch(Device device, Range range, int trials) {
        this.device = device;
        this.range = range;
        this.trials = trials;
    }

    /** What is searched. */
    @FunctionalInterface
    public interface Device {
        /** @param rate frames per second */
        Trial offer(long rate);
    }

    /**
     * What has become of the frames of a trial.
     *
     * @param lossRatio lost ones to offered ones
     * @param isOffered whether there were as many as the rate wants; else it cannot hold, whatever the device does
     */
    public record Trial(double lossRatio, boolean isOffered) {}

    /**
     * Where it is looked for.
     *
     * @param least frames per second
     * @param most frames per second
     * @param precision width, as a share of the rate, at which the search ends
     */
    public record Range(long least, long most, double precision) {
        private static final long LEAST = 10_000;
        private static final double PRECISION = 0.01;

        /** More than virtio-user gets through on any machine of today. */
        static final Range USUAL = upTo(30_000_000);

        /** From 10000 on, to 1 %. */
        static Range upTo(long most) {
            return new Range(LEAST, most, PRECISION);
        }
    }

    /**
     * What has been found.
     *
     * @param rate the highest that holds, frames per second; 0: not even the least does
     * @param isBound whether it could have been higher: the most was reached, or what could be offered
     */
    public record Outcome(long rate, boolean isBound) {}

    /** @param tolerance loss ratio that still counts as none */
    public Outcome find(double tolerance) {
        if (holds(range.most, tolerance)) {
            return new Outcome(range.most, true);
        }
        if (!holds(range.least, tolerance)) {
            return new Outcome(0, false);
        }
        long low = range.least;
        long high = range.most;
        while (high - low > range.precision * high) {
            long middle = low + (high - low) / 2;
            if (holds(middle, tolerance)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new Outcome(low, !isOffered(high));
    }

    private boolean holds(long rate, double tolerance) {
        List<Trial> made = done.computeIfAbsent(rate, ignored -> new ArrayList<>());
        int majority = trials / 2 + 1;
        int held = 0;
        int failed = 0;
        for (int i = 0; held < majority && failed < majority; i++) {
            if (i == made.size()) {
                made.add(device.offer(rate));
            }
            Trial trial = made.get(i);
            if (trial.isOffered && trial.lossRatio <= tolerance) {
                held++;
            } else {
                failed++;
            }
        }
        return held == majority;
    }

    private boolean isOffered(long rate) {
        List<Trial> made = done.getOrDefault(rate, List.of());
        return made.stream().filter(Trial::isOffered).count() * 2 > made.size();
    }
}
