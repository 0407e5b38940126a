package io.twinport.dataplane.failover;

import io.twinport.dataplane.SideLine;

/**
 * One queue of one side, as its {@link Receiver} knows it: its line, how old the frames in its ring may be, and those that it
 * has received while nobody wanted them.
 *
 * <p>What a ring holds has come since it was last found empty, or since it was last received from: nothing else can be said
 * of its age, for most devices stamp no time on a frame. So an empty ring is worth a look at the clock, but not each time:
 * the looks are as far apart as a quarter of the look-back, in polls of a loop that polls as often as it did lately. A loop
 * that stalls has no look meanwhile, and what it finds then counts as old as the stall.
 */
final class ReceiveSide {
    /** {@link FailoverPolicy#NONE}, {@code PRIMARY} or {@code STANDBY}. */
    final int side;

    final LookBack held = new LookBack();

    private final long lookInterval;
    private final int mostPolls;
    private long line = SideLine.NOTHING;
    private boolean aged;
    private long since;
    private int pollsBetween = 1;
    private int pollsLeft = 1;
    private int toFlush;

    /**
     * @param lookback in nanoseconds
     * @param mostPolls polls of the idle side, of which the clock is read at one
     */
    ReceiveSide(int side, long lookback, int mostPolls) {
        this.side = side;
        this.lookInterval = lookback / 4;
        this.mostPolls = mostPolls;
    }

    long line() {
        return line;
    }

    boolean isMember() {
        return line != SideLine.NOTHING;
    }

    /** A device; its ring may have received since it was started, and nobody knows when that was. */
    void join(long newLine) {
        line = newLine;
        aged = false;
        pollsLeft = 1;
    }

    void leave() {
        line = SideLine.NOTHING;
        aged = false;
        toFlush = 0;
    }

    /** Whether the clock is to be read before this poll of the ring, in case it is found empty. */
    boolean isClockDue() {
        return --pollsLeft <= 0;
    }

    /** The ring was found empty by a poll that began after {@code now} was read. */
    void foundEmpty(long now) {
        if (aged && now - since > lookInterval) {
            pollsBetween = Math.max(1, pollsBetween / 2);
        } else if (now - since < lookInterval / 2) {
            pollsBetween = Math.min(mostPolls, pollsBetween * 2);
        }
        pollsLeft = pollsBetween;
        servedAt(now);
    }

    /** The ring was received from: what it holds yet would have been delivered next. */
    void servedAt(long now) {
        aged = true;
        since = now;
    }

    /** Whether no frame in the ring can be older. */
    boolean holdsNothingBefore(long oldest) {
        return aged && since - oldest >= 0;
    }

    /** No frame in the ring has come before; only where that is known at all. */
    long since() {
        return since;
    }

    /** So many frames of the ring, or all until it is empty, are to be freed before one is delivered. */
    void flush(int frames) {
        toFlush = frames;
    }

    boolean isToBeFlushed() {
        return toFlush > 0;
    }

    /** Frames of a {@link #flush} were freed; none where the ring is empty. */
    void flushed(int frames) {
        toFlush = frames == 0 ? 0 : Math.max(0, toFlush - frames);
    }
}
