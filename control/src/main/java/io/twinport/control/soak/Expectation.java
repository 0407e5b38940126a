package io.twinport.control.soak;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.FailoverPolicy;

/** Who must carry the traffic, by the rules (R41, forced side, failback) and not by the policy's own code. */
final class Expectation {
    private int forced = Sides.NONE;
    private int failback = FailoverPolicy.FAILBACK_AT_ONCE;
    private boolean damping;

    /** The policy has been told. */
    void told(Fault fault) {
        switch (fault) {
            case FORCE_NONE -> forced = Sides.NONE;
            case FORCE_PRIMARY -> forced = Sides.PRIMARY;
            case FORCE_STANDBY -> forced = Sides.STANDBY;
            case FAILBACK_AT_ONCE, FAILBACK_WHEN_PROVEN, FAILBACK_DELAYED, FAILBACK_MANUAL -> failback = fault.event();
            case DAMPING_ON -> damping = true;
            case DAMPING_OFF -> damping = false;
            default -> {} // nothing that lasts
        }
    }

    /** Whether the port, in the end, may transmit by this side, or by none. */
    boolean allows(int side, boolean primaryReady, boolean standbyReady) {
        if (!primaryReady || !standbyReady) {
            int only = primaryReady ? Sides.PRIMARY : standbyReady ? Sides.STANDBY : Sides.NONE;
            return side == only;
        }
        if (forced != Sides.NONE) {
            return side == forced;
        }
        // Where the primary has to wait, it may have waited long enough or not yet.
        boolean waits = failback != FailoverPolicy.FAILBACK_AT_ONCE || damping;
        return side == Sides.PRIMARY || side == Sides.STANDBY && waits;
    }
}
