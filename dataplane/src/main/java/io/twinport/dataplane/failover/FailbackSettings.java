package io.twinport.dataplane.failover;

import io.twinport.dataplane.policy.FailoverPolicy;
import java.time.Duration;

/**
 * When the traffic goes back to a primary that has become ready again.
 *
 * @param mode {@code FailoverPolicy.FAILBACK_...}
 * @param delay of {@code FAILBACK_WHEN_PROVEN}: for a frame on the primary, at most; of {@code FAILBACK_DELAYED}: always
 * @param damping whether a primary that fails again and again waits ever longer
 * @param settle how long a primary has to carry the traffic before its next fault is no flap
 */
public record FailbackSettings(int mode, Duration delay, boolean damping, Duration settle) {
    /** The longest delay, in milliseconds: some three hours. */
    public static final int MOST_DELAY_MILLIS = 9_999_999;

    /** What {@code settle} is where nobody says otherwise. */
    static final Duration SETTLE = Duration.ofSeconds(10);

    /** U12: a frame received on the primary first, or one second. */
    public static final FailbackSettings WHEN_PROVEN =
            new FailbackSettings(FailoverPolicy.FAILBACK_WHEN_PROVEN, Duration.ofSeconds(1), false);

    /** R42: as the kernel does it. */
    public static final FailbackSettings AT_ONCE =
            new FailbackSettings(FailoverPolicy.FAILBACK_AT_ONCE, Duration.ofSeconds(1), false);

    /** @throws IllegalArgumentException if the delay is negative or longer than the longest */
    public FailbackSettings {
        if (delay.isNegative() || delay.toMillis() > MOST_DELAY_MILLIS) {
            throw new IllegalArgumentException("a delay of " + delay + ": 0 to " + MOST_DELAY_MILLIS + " ms");
        }
    }

    /** A primary settles within {@link #SETTLE}. */
    public FailbackSettings(int mode, Duration delay, boolean damping) {
        this(mode, delay, damping, SETTLE);
    }

    /** The state that a port with these settings starts in. */
    int initialState() {
        int state = FailoverPolicy.next(FailoverPolicy.INITIAL, mode);
        return FailoverPolicy.next(state, damping ? FailoverPolicy.DAMPING_ON : FailoverPolicy.DAMPING_OFF);
    }
}
