package io.twinport.dataplane.failover;

/**
 * A port's carrier as the rest of the system sees it: on while the port is open and a side is ready (R49). Decided for all
 * that is known at a time, not for each message: a failover, where one side's link goes and the other's stays or comes, is
 * no change.
 *
 * <p>For the conductor's thread; {@link #open} for any.
 */
final class PortCarrier {
    private volatile boolean open = true;
    private int state = FailoverPolicy.INITIAL;
    private long nanos;
    private boolean on;

    /** Opens or closes the port (R39, R40). */
    void open(boolean isOpen) {
        open = isOpen;
    }

    /** The policy's state has changed. */
    void told(PolicyInput input) {
        state = input.after();
        nanos = input.nanos();
    }

    /** Decides anew; whether that has changed anything. */
    boolean update() {
        boolean ready = FailoverPolicy.isReady(state, FailoverPolicy.PRIMARY)
                || FailoverPolicy.isReady(state, FailoverPolicy.STANDBY);
        boolean before = on;
        on = open && ready;
        return on != before;
    }

    boolean isOn() {
        return on;
    }

    /** The policy's state, as told last. */
    int state() {
        return state;
    }

    /** When that was. */
    long nanos() {
        return nanos;
    }
}
