package io.twinport.dataplane.failover;

/**
 * How old the frames in a receive ring may be. They have come since the ring was last found empty, or since it was last
 * received from: nothing else can be said of their age, for most devices stamp no time on a frame.
 *
 * <p>So an empty ring is worth a look at the clock, but not each time: the looks are as far apart as a quarter of the
 * look-back, in polls of a loop that polls as often as it did lately. A loop that stalls has no look meanwhile, and what
 * it finds then counts as old as the stall.
 */
final class RingAge {
    private final long lookInterval;
    private final int mostPolls;
    private boolean known;
    private long since;
    private int pollsBetween = 1;
    private int pollsLeft = 1;

    /**
     * @param lookback in nanoseconds: ages near it have to be told
     * @param mostPolls at one poll in so many the clock is read at least
     */
    RingAge(long lookback, int mostPolls) {
        this.lookInterval = lookback / 4;
        this.mostPolls = mostPolls;
    }

    /** The device has received for nobody knows how long. */
    void unknown() {
        known = false;
        pollsLeft = 1;
    }

    /** Whether the clock is to be read before this poll of the ring, in case it is found empty. */
    boolean isClockDue() {
        return --pollsLeft <= 0;
    }

    /** The ring was found empty by a poll that began after {@code now} was read. */
    void foundEmpty(long now) {
        long elapsed = now - since;
        if (known && elapsed > lookInterval) {
            pollsBetween = Math.max(1, pollsBetween / 2);
        } else if (known && elapsed < lookInterval / 2) {
            pollsBetween = Math.min(mostPolls, pollsBetween * 2);
        }
        pollsLeft = pollsBetween;
        servedAt(now);
    }

    /** The ring was received from: what it holds yet would have been delivered next. */
    void servedAt(long now) {
        known = true;
        since = now;
    }

    /** Whether no frame in the ring can be older. */
    boolean holdsNothingBefore(long oldest) {
        return known && since - oldest >= 0;
    }

    /** No frame in the ring has come before; only where that is known at all. */
    long since() {
        return since;
    }
}
