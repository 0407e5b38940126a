package io.twinport.dataplane.failover;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What a failover port receives.
 *
 * @param mode from which side
 * @param lookback how old a frame may be that the idle side received before a switch, and that is delivered after it (U2);
 *     0 for none. The mode {@code PRESENCE} delivers no such frames
 * @param window how long after a switch the side that was left is received from; 0 for not at all. The mode
 *     {@code PRESENCE} has no window
 */
public record ReceiveSettings(Mode mode, Duration lookback, Duration window) {
    /** In microseconds. */
    public static final int MOST_LOOKBACK_MICROS = 10_000;

    /** In milliseconds. */
    public static final int MOST_WINDOW_MILLIS = 10_000;

    /** What copies of one frame, and frames that are younger than a look-back, are remembered for has to outlast it. */
    public static final Duration LONGEST_LOOKBACK = Duration.of(MOST_LOOKBACK_MICROS, ChronoUnit.MICROS);

    public static final Duration LONGEST_WINDOW = Duration.ofMillis(MOST_WINDOW_MILLIS);

    /** Longer than switches take to learn from the first announcement, or from the first frame that is sent. */
    public static final ReceiveSettings DEFAULT =
            new ReceiveSettings(Mode.ACTIVE, Duration.ofMillis(1), Duration.ofMillis(100));

    /** Whose frames are delivered. */
    public enum Mode {
        /** Those of the side that transmits; after a switch also those that the former side gets for one receiver. */
        ACTIVE,

        /** The kernel's rule (R52-R54): the primary's as long as there is a primary, whatever its link; else the standby's. */
        PRESENCE,

        /** As {@code ACTIVE}; after a switch all frames of both sides, one of each pair of copies (U8). */
        BOTH
    }

    /** @throws IllegalArgumentException if a time is negative or longer than the longest */
    public ReceiveSettings {
        check("look-back", lookback, LONGEST_LOOKBACK);
        check("window", window, LONGEST_WINDOW);
    }

    private static void check(String what, Duration time, Duration longest) {
        if (time.isNegative() || time.compareTo(longest) > 0) {
            throw new IllegalArgumentException(what + " of " + time + ": 0 to " + longest);
        }
    }
}
