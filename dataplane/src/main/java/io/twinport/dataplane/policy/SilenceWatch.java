package io.twinport.dataplane.policy;

import java.time.Duration;

/**
 * Whether a primary whose link is up has gone deaf: nothing comes by it for a time, while the standby receives what should
 * come by the primary. That is a frame to the port's own address, which the network would have sent to the primary or to
 * both; or several of others, where both sides have received before. Silence alone proves nothing (U10).
 *
 * <p>Pure: time is given in. For one thread.
 */
public final class SilenceWatch {
    /** Frames that the standby has received meanwhile, where none of them was to the port's address. */
    static final int OTHERS = 3;

    private final long limitNanos;
    private boolean watches;
    private boolean bothHeard;
    private long received;
    private long frames;
    private long toUs;
    private long since;

    /** @param limit of the silence; zero for never */
    public SilenceWatch(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /**
     * What is seen.
     *
     * @param watched the primary transmits, and the standby is ready
     * @param isGap the poll loop, or this thread, may have been stopped since the last look: the frames wait in the rings
     * @param nowReceived frames that the port has delivered
     * @param nowFrames frames that the standby has received while it was idle
     * @param nowToUs those of them to the port's address
     * @return whether the primary is silent
     */
    public boolean look(boolean watched, boolean isGap, long nowReceived, long nowFrames, long nowToUs, long now) {
        if (limitNanos == 0) {
            return false;
        }
        boolean isFirst = watched && !watches;
        watches = watched;
        if (!watched || isFirst || isGap || nowReceived != received) {
            bothHeard = !isFirst && watched && (bothHeard || nowReceived != received && nowFrames > frames);
            received = nowReceived;
            frames = nowFrames;
            toUs = nowToUs;
            since = now;
            return false;
        }
        boolean isProven = nowToUs > toUs || bothHeard && nowFrames - frames >= OTHERS;
        return isProven && now - since >= limitNanos;
    }
}
