package io.twinport.dataplane;

/** What joins and leaves a poll loop's set of devices. Called by the loop, between two passes. */
public interface PolledQueue {
    /** Whether the member has a side of that number; a failover port's are those of {@code FailoverPolicy}. Any thread. */
    boolean hasSide(int side);

    /**
     * From now on the loop uses this device.
     *
     * @param side which of the member's sides
     * @param line address of the device's {@code SideLine}, which stays as it is until {@link #leave} has returned
     */
    void join(int side, long line);

    /**
     * A control thread's word to the member's policy.
     *
     * @param event of {@code FailoverPolicy}
     */
    void decide(int event);

    /**
     * How long the member's policy waits before it goes back to a primary that is up again; a wait that runs goes on.
     *
     * @param nanos as {@code FailbackSettings} has it
     */
    default void setFailbackDelay(long nanos) {}

    /**
     * Sends a frame of a control thread's.
     *
     * @param mbuf address; it is the member's now, to be sent or freed
     */
    void transmit(long mbuf);

    /** Begins or ends to keep copies of its frames; nothing where that is not provided for. */
    default void capture(boolean on) {}

    /** From now on the loop does not use the device of that side. */
    void leave(int side);
}
