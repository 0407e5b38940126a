package io.twinport.control.lab;

import org.agrona.collections.LongHashSet;

/**
 * What became of each numbered frame of one direction. The sender numbers what it offers and writes into each frame
 * how many numbers before it were refused by the port, so that a gap in what arrives can be told apart:
 *
 * <pre>
 *   arrives: 7 8 9 | 40     the frame 40 says that 20 numbers before it were refused, frame 9 said 0:
 *                           of the 30 in the gap 20 were refused, and 10 were accepted and are missing
 * </pre>
 *
 * A gap between a frame of one way and the next of another is the window of a switch: what is missing in it is lost. What is
 * missing elsewhere is unaccounted for. A number that comes late out of a gap is reordered, not lost. A way is a side between two
 * cuts: on a busy machine a wire may be cut and whole again before the other side has carried a frame.
 */
final class FrameLedger {
    private static final int MOST_GAPS = 1 << 16;
    private static final int LATE_NUMBERS = 1 << 16;

    private final long[] gapFrom = new long[MOST_GAPS];
    private final long[] gapTo = new long[MOST_GAPS];
    private final long[] gapMissing = new long[MOST_GAPS];
    private final boolean[] gapInSwitch = new boolean[MOST_GAPS];
    private final LongHashSet late = new LongHashSet(LATE_NUMBERS);
    private int gaps;
    private long expected;
    private long refusedBefore;
    private int lastWay;
    private long delivered;
    private long duplicated;
    private long reordered;

    FrameLedger(int firstWay) {
        this.lastWay = firstWay;
    }

    /**
     * A frame has arrived.
     *
     * @param refused how many numbers below it were refused
     * @param way by which it came
     */
    void arrived(long number, long refused, int way) {
        if (number == expected) {
            expected++;
            delivered++;
            refusedBefore = refused;
            lastWay = way;
        } else if (number > expected) {
            gap(number, refused, way);
            expected = number + 1;
            delivered++;
            refusedBefore = refused;
            lastWay = way;
        } else {
            late(number);
        }
    }

    private void gap(long number, long refused, int way) {
        long missing = number - expected - (refused - refusedBefore);
        if (missing == 0) {
            return;
        }
        if (gaps == MOST_GAPS) {
            // Not remembered, so it ends up among the unaccounted: a run with so many gaps has failed anyway.
            return;
        }
        gapFrom[gaps] = expected;
        gapTo[gaps] = number;
        gapMissing[gaps] = missing;
        gapInSwitch[gaps] = way != lastWay;
        gaps++;
    }

    private void late(long number) {
        for (int i = gaps - 1; i >= 0; i--) {
            if (number >= gapFrom[i] && number < gapTo[i]) {
                if (gapMissing[i] > 0 && late.add(number)) {
                    gapMissing[i]--;
                    delivered++;
                    reordered++;
                    return;
                }
                break;
            }
        }
        duplicated++;
    }

    /** Different numbers that have arrived so far. */
    long delivered() {
        return delivered;
    }

    long duplicated() {
        return duplicated;
    }

    /** Numbers that arrived after a larger one; they count as delivered too. */
    long reordered() {
        return reordered;
    }

    /** Accepted, never arrived, within the window of a switch. */
    long lost() {
        long lost = 0;
        for (int i = 0; i < gaps; i++) {
            lost += gapInSwitch[i] ? gapMissing[i] : 0;
        }
        return lost;
    }
}
