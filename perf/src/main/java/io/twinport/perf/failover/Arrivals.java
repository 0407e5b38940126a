package io.twinport.perf.failover;

import java.util.Arrays;

/**
 * Which numbered frames have arrived since a beginning, how many of them twice, how many after a larger one. Written by the
 * poll thread; begun and read by the control thread while nothing is under way.
 */
final class Arrivals {
    /** As many frames as no cut and restoration lets through. */
    private static final int CAPACITY = 1 << 25;

    private final long[] seen = new long[CAPACITY / Long.SIZE];
    private long first;
    private long largest;
    private long duplicated;
    private long reordered;

    /** Forgets all; the next number is this one. */
    void begin(long number) {
        Arrays.fill(seen, 0);
        first = number;
        largest = number - 1;
        duplicated = 0;
        reordered = 0;
    }

    /** Frames of before the beginning, and so many later that there is no room to remember them, are not looked at. */
    void arrived(long number) {
        long at = number - first;
        if (at < 0 || at >= CAPACITY) {
            return;
        }
        int word = (int) (at / Long.SIZE);
        long bit = 1L << at % Long.SIZE;
        if ((seen[word] & bit) != 0) {
            duplicated++;
        } else if (number < largest) {
            reordered++;
        }
        seen[word] |= bit;
        largest = Math.max(largest, number);
    }

    long duplicated() {
        return duplicated;
    }

    /** Of those that came once. */
    long reordered() {
        return reordered;
    }
}
