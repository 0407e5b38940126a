package io.twinport.dataplane.conductor;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.policy.FailoverPolicy;

/**
 * A port's carrier as the rest of the system sees it: on while the port is open, its poll loop turns and a side is ready (R49). Decided for all
 * that is known at a time, not for each message: a failover, where one side's link goes and the other's stays or comes, is
 * no change.
 *
 * <p>For the conductor's thread; {@link #open} and {@link #hang} for any.
 */
final class PortCarrier {
    private volatile boolean open = true;
    private volatile boolean hanging;
    private int state = FailoverPolicy.INITIAL;
    private long nanos;
    private boolean on;

    /** Opens or closes the port (R39, R40). */
    void open(boolean isOpen) {
        open = isOpen;
    }

    /** Its poll loop hangs, or turns again. */
    void hang(boolean hangs) {
        hanging = hangs;
    }

    /** The policy's state has changed. */
    void told(PolicyInput input) {
        state = input.after();
        nanos = input.nanos();
    }

    /** Decides anew; whether that has changed anything. */
    boolean update() {
        boolean ready = FailoverPolicy.isReady(state, Sides.PRIMARY) || FailoverPolicy.isReady(state, Sides.STANDBY);
        boolean before = on;
        on = open && ready && !hanging;
        return on != before;
    }

    boolean isOn() {
        return on;
    }

    /** When that was. */
    long nanos() {
        return nanos;
    }
}
