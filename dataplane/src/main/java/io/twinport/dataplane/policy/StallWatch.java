package io.twinport.dataplane.policy;

import java.time.Duration;

/**
 * Whether a primary takes frames and sends none, by its device's own count (U10). A stall is no proof of death: pause
 * frames, rate limits, stolen CPU time and completion in batches look the same. So there must be more outstanding than a
 * driver completes at once, for a time, without a gap in which nobody could have looked.
 *
 * <p>Pure: time is given in. For one thread.
 */
public final class StallWatch {
    /** Less is never trusted. */
    static final Duration LEAST = Duration.ofMillis(100);

    /** Drivers mark each 32nd or 64th descriptor as done (U4). */
    static final int BATCH = 64;

    private final long limitNanos;
    private long sent = -1;
    private long since;

    /** @param limit of the stall, {@link #LEAST} or more; zero for never */
    public StallWatch(Duration limit) {
        if (!limit.isZero() && limit.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException(
                    "a stall of " + limit.toMillis() + " ms proves nothing: at least " + LEAST.toMillis() + " ms");
        }
        this.limitNanos = limit.toNanos();
    }

    public boolean isOn() {
        return limitNanos != 0;
    }

    /**
     * What is seen.
     *
     * @param watched the primary transmits, and the standby is healthy
     * @param isGap the poll loop, or this thread, may have been stopped since the last look
     * @param taken frames that the primary's driver has taken since it joined
     * @param nowSent those that the device has sent; -1 if it does not count them
     * @return whether the primary is stalled
     */
    public boolean look(boolean watched, boolean isGap, long taken, long nowSent, long now) {
        if (!watched || isGap || nowSent < 0 || nowSent != sent || taken - nowSent <= BATCH) {
            sent = nowSent;
            since = now;
            return false;
        }
        return isOn() && now - since >= limitNanos;
    }
}
