package io.twinport.dataplane.policy;

import org.agrona.concurrent.SystemNanoClock;

/** Pauses for tests, which have no time. */
public final class RetryPauses {
    private RetryPauses() {}

    /** Each as long as the first. */
    public static RetryPause of(long nanos) {
        return new RetryPause(nanos, nanos, SystemNanoClock.INSTANCE);
    }
}
