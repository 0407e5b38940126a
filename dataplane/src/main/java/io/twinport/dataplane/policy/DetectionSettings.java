package io.twinport.dataplane.policy;

import java.time.Duration;

/**
 * What a port takes for a fault beside links that are down.
 *
 * @param rxSilence after how long without a frame by the primary, while the standby receives what should come by it; zero
 *     for never
 * @param txStall after how long without a frame sent of those taken by the primary (U10), at least 100 ms; zero for never
 * @param standbyDownExpected a standby whose link is down, or that is away, is so by design (U9)
 * @param standbyCheck how old the last proof of an idle standby may become before a broadcast is sent by the primary, to be
 *     received by the standby; zero for never
 */
public record DetectionSettings(
        Duration rxSilence, Duration txStall, boolean standbyDownExpected, Duration standbyCheck) {
    /** The shortest silence or stall that means anything, in milliseconds. */
    public static final int LEAST_MILLIS = 100;

    /** The longest silence or stall that can be waited for, in milliseconds. */
    public static final int MOST_MILLIS = 600_000;

    /** The longest time without a proof of the standby that can be waited for, in seconds. */
    public static final int MOST_CHECK_SECONDS = 3600;

    /** @throws IllegalArgumentException if a time is none of these */
    public DetectionSettings {
        check("silence", rxSilence, Duration.ofMillis(LEAST_MILLIS), Duration.ofMillis(MOST_MILLIS));
        check("stall", txStall, Duration.ofMillis(LEAST_MILLIS), Duration.ofMillis(MOST_MILLIS));
        check("time between proofs", standbyCheck, Duration.ZERO, Duration.ofSeconds(MOST_CHECK_SECONDS));
    }

    private static void check(String what, Duration time, Duration least, Duration most) {
        if (!time.isZero() && (time.compareTo(least) < 0 || time.compareTo(most) > 0)) {
            throw new IllegalArgumentException(what + " of " + time + ": zero for never, or " + least + " to " + most);
        }
    }
}
