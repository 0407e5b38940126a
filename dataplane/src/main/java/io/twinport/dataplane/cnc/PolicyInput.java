package io.twinport.dataplane.cnc;

import io.twinport.dataplane.policy.FailoverPolicy;

/**
 * What a port's policy was told, and what it made of it.
 *
 * @param nanos {@link System#nanoTime} of the process that decided
 * @param event of {@link FailoverPolicy}
 * @param before the policy's state before the event
 * @param after the state that it decided on
 */
public record PolicyInput(int port, long nanos, int event, int before, int after) {
    /** The decision of the policy that is compiled in here; that of the log where it is the same one. */
    public int decide() {
        return FailoverPolicy.next(before, event);
    }
}
