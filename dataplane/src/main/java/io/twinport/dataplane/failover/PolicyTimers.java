package io.twinport.dataplane.failover;

import io.twinport.dataplane.policy.FailoverPolicy;
import java.time.Duration;

/** The two waits that {@link FailoverPolicy} asks for, kept by the poll loop: its clock is read only while one runs. */
final class PolicyTimers {
    /** No event. */
    static final int NONE = -1;

    private final long settleNanos;
    private long waitNanos;
    private long waitOverAt;
    private long settledAt;

    PolicyTimers(Duration wait, Duration settle) {
        this.waitNanos = wait.toNanos();
        this.settleNanos = settle.toNanos();
    }

    /** Of the waits that start from now on. */
    void setWait(long nanos) {
        waitNanos = nanos;
    }

    /** Starts and ends waits as the state asks; one that runs goes on. */
    void follow(int state, long now) {
        if (!FailoverPolicy.waits(state)) {
            waitOverAt = 0;
        } else if (waitOverAt == 0) {
            waitOverAt = now + (waitNanos << FailoverPolicy.doublings(state));
        }
        if (!FailoverPolicy.isSettling(state)) {
            settledAt = 0;
        } else if (settledAt == 0) {
            settledAt = now + settleNanos;
        }
    }

    boolean isRunning() {
        return (waitOverAt | settledAt) != 0;
    }

    /** The event of a wait that has ended, once each; else {@link #NONE}. */
    int due(long now) {
        if (waitOverAt != 0 && now - waitOverAt >= 0) {
            waitOverAt = 0;
            return FailoverPolicy.WAIT_OVER;
        }
        if (settledAt != 0 && now - settledAt >= 0) {
            settledAt = 0;
            return FailoverPolicy.SETTLED;
        }
        return NONE;
    }
}
