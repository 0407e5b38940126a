package io.twinport.dataplane.failover;

import java.time.Duration;

/**
 * Whether and how frames are held for an unplanned cut (U4): those in flight are sent again by the other side, and while
 * neither side is ready new ones are kept.
 *
 * @param time for how long at most; zero: nothing is held, frames in flight are lost with their side, and new ones are
 *     dropped while neither side is ready
 * @param frames of each queue at most, of either sort; a power of two
 */
public record HoldSettings(Duration time, int frames) {
    /** Nothing is held, and costs nothing. */
    public static final HoldSettings OFF = new HoldSettings(Duration.ZERO, 512);

    /** More than the rings of both sides hold. */
    private static final int FRAMES = 2048;

    /**
     * @throws IllegalArgumentException if the time is negative, or frames no power of two of at least 64
     */
    public HoldSettings {
        if (time.isNegative() || frames < 64 || Integer.bitCount(frames) != 1) {
            throw new IllegalArgumentException("hold " + time + ", " + frames + " frames");
        }
    }

    /** Frames are held for that time. */
    public static HoldSettings of(Duration time) {
        return time.isZero() ? OFF : new HoldSettings(time, FRAMES);
    }

    boolean isOn() {
        return !time.isZero();
    }
}
