package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;

/**
 * What the port says of a side (R50), as the kernel's bonding says it of its slaves.
 *
 * @param linkUp its link is up
 * @param txEnabled it may be sent to: the primary when it is started, whatever its link says; the standby when it is started
 *     and no primary is
 */
public record LowerState(boolean linkUp, boolean txEnabled) {
    /** Of a side in a state of {@link FailoverPolicy}. */
    public static LowerState of(int state, int side) {
        boolean primary = FailoverPolicy.isHere(state, Sides.PRIMARY);
        boolean enabled = side == Sides.PRIMARY ? primary : FailoverPolicy.isHere(state, Sides.STANDBY) && !primary;
        return new LowerState(FailoverPolicy.isLinkUp(state, side), enabled);
    }
}
