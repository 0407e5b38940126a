package io.twinport.dataplane.policy;

import io.twinport.dataplane.Sides;

/**
 * The statistics of a failover port over the counters of devices that come and go (R56-R58): what a device counted
 * before it joined is not the port's, what it counted until it left stays, and no total ever goes backwards (the
 * kernel's do, R58b).
 *
 * <p>For one control thread at a time.
 */
public final class StatisticsFold {
    private static final long NARROW = 0xffff_ffffL;

    private final int counters;
    private final long[][] totals = new long[Sides.COUNT][];
    private final long[][] last = new long[Sides.COUNT][];
    private final boolean[] joined = new boolean[Sides.COUNT];

    /** @param counters how many a device has */
    public StatisticsFold(int counters) {
        this.counters = counters;
        for (int side = 0; side < Sides.COUNT; side++) {
            totals[side] = new long[counters];
            last[side] = new long[counters];
        }
    }

    /** A device has joined with its counters at these values, which are its baseline (R26). */
    public void join(int side, long... values) {
        System.arraycopy(values, 0, last[Sides.index(side)], 0, counters);
        joined[Sides.index(side)] = true;
    }

    /** The present values of a side's device; nothing if that has not joined. */
    public void read(int side, long... values) {
        if (!joined[Sides.index(side)]) {
            return;
        }
        long[] before = last[Sides.index(side)];
        long[] total = totals[Sides.index(side)];
        for (int i = 0; i < counters; i++) {
            total[i] += advance(before[i], values[i]);
            before[i] = values[i];
        }
    }

    /** A device has left (R33): what {@link #read} was told last is what counts. */
    public void leave(int side) {
        joined[Sides.index(side)] = false;
    }

    /** Both sides together, since the port's start. */
    public long total(int counter) {
        return total(Sides.PRIMARY, counter) + total(Sides.STANDBY, counter);
    }

    /** All devices that have been that side, since the port's start. */
    public long total(int side, int counter) {
        return totals[Sides.index(side)][counter];
    }

    /**
     * How far a counter has moved (R57). One that fits in 32 bits may have wrapped there; one that is smaller than
     * before has been reset, and then what it shows is not known to be new.
     */
    static long advance(long before, long now) {
        boolean isNarrow = (before | now) >>> 32 == 0;
        long delta = isNarrow ? (int) ((now & NARROW) - (before & NARROW)) : now - before;
        return Math.max(0, delta);
    }
}
