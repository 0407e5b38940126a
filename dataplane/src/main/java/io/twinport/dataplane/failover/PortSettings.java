package io.twinport.dataplane.failover;

/**
 * How a failover port behaves.
 *
 * @param failback when the traffic goes back to the primary
 * @param receive which frames are delivered
 * @param hold whether frames are kept for an unplanned cut
 */
public record PortSettings(FailbackSettings failback, ReceiveSettings receive, HoldSettings hold) {
    /** Fails back at once (R42), as the kernel's does; receives from the side that transmits; holds nothing. */
    public static final PortSettings DEFAULT =
            new PortSettings(FailbackSettings.AT_ONCE, ReceiveSettings.DEFAULT, HoldSettings.OFF);

    public PortSettings with(FailbackSettings other) {
        return new PortSettings(other, receive, hold);
    }

    public PortSettings with(ReceiveSettings other) {
        return new PortSettings(failback, other, hold);
    }

    public PortSettings with(HoldSettings other) {
        return new PortSettings(failback, receive, other);
    }
}
