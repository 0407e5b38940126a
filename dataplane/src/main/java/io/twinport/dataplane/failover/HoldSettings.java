package io.twinport.dataplane.failover;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Whether and how frames are held for an unplanned cut (U4): those in flight are sent again by the other side, and while
 * neither side is ready new ones are kept.
 *
 * @param time for how long at most; zero: nothing is held, frames in flight are lost with their side, and new ones are
 *     dropped while neither side is ready
 * @param mbufs of each queue at most, of either sort; a power of two. As many frames, if each lies in one
 */
public record HoldSettings(Duration time, int mbufs) {
    /** The longest time, in microseconds. Longer than any side takes to become ready, and 2048 frames are soon full. */
    public static final int MOST_MICROS = 10_000_000;

    /** More than the rings of both sides hold. */
    private static final int MBUFS = 2048;

    private static final Duration LONGEST = Duration.of(MOST_MICROS, ChronoUnit.MICROS);

    /** Nothing is held, and costs nothing. */
    public static final HoldSettings OFF = new HoldSettings(Duration.ZERO, 512);

    /**
     * @throws IllegalArgumentException if the time is negative or longer than the longest, or mbufs no power of two of at
     *     least 64
     */
    public HoldSettings {
        if (time.isNegative() || time.compareTo(LONGEST) > 0 || mbufs < 64 || Integer.bitCount(mbufs) != 1) {
            throw new IllegalArgumentException("hold " + time + ", " + mbufs + " mbufs");
        }
    }

    /** Frames are held for that time. */
    public static HoldSettings of(Duration time) {
        return time.isZero() ? OFF : new HoldSettings(time, MBUFS);
    }

    public boolean isOn() {
        return !time.isZero();
    }
}
