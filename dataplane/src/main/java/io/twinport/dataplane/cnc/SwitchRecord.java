package io.twinport.dataplane.cnc;

import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;

/**
 * One switch. Instants are {@link System#nanoTime} of the process that recorded them. In the terms of RFC 6412: the event is
 * the convergence event instant, the first burst the first route convergence instant, from one to the other is the
 * convergence time of a port that has one route, and what is lost its convergence packet loss. RFC 6414 calls a switch to
 * the standby a failover, and one back to the primary a reversion.
 *
 * @param sequence counts the port's switches from 1
 * @param from see {@link FailoverPolicy}
 * @param to see {@link FailoverPolicy}
 * @param cause see {@link FailoverPolicy}
 * @param eventNanos entry of the upcall; 0 where the loop's own look at the link word came first, or there is no event
 * @param decisionNanos when another line was selected
 * @param firstBurstNanos when the first burst on the new side had been taken; 0 if none came
 * @param lostAtMost frames that the former side's transmit ring may have held when its link went: 0 if the
 *     link is up, else all that it took, or a full ring if that is less
 * @param planned the former side could still send: it was let empty its ring first (U13)
 * @param outcome what came of it, known when it is over
 */
public record SwitchRecord(
        int port,
        long sequence,
        int from,
        int to,
        int cause,
        long eventNanos,
        long decisionNanos,
        long firstBurstNanos,
        long lostAtMost,
        boolean planned,
        SwitchOutcome outcome) {

    /** From the event to the first burst; 0 where there was no event before the decision, -1 where no burst came. */
    public long eventToBurstNanos() {
        if (firstBurstNanos == 0) {
            return -1;
        }
        return eventNanos == 0 ? 0 : firstBurstNanos - eventNanos;
    }

    /** Whether the loop saw the link word before the driver's interrupt thread had called back. */
    public boolean isSeenBeforeEvent() {
        return eventNanos == 0;
    }

    public SwitchRecord withFirstBurst(long nanos) {
        return new SwitchRecord(
                port, sequence, from, to, cause, eventNanos, decisionNanos, nanos, lostAtMost, planned, outcome);
    }

    public SwitchRecord withOutcome(SwitchOutcome known) {
        return new SwitchRecord(
                port,
                sequence,
                from,
                to,
                cause,
                eventNanos,
                decisionNanos,
                firstBurstNanos,
                lostAtMost,
                planned,
                known);
    }

    /** The cause in words. */
    public String causeText() {
        return PolicyText.event(cause);
    }
}
