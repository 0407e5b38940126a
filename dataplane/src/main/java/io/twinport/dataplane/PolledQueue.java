package io.twinport.dataplane;

/** A queue of a port, as its poll loop sees it: what it is told between two passes. Called by the loop. */
public interface PolledQueue {
    /** Whether it has a side of that number; those of a failover port are in {@link Sides}. Any thread. */
    boolean hasSide(int side);

    /**
     * From now on the queue uses this device.
     *
     * @param side which of its sides
     * @param line address of the device's {@code SideLine}, which stays as it is until {@link #leave} has returned
     */
    void join(int side, long line);

    /**
     * What a control thread tells the port's policy.
     *
     * @param event of {@code FailoverPolicy}
     */
    void decide(int event);

    /**
     * How long the port's policy waits before it goes back to a primary that is up again; a wait that runs goes on.
     *
     * @param nanos as {@code FailbackSettings} has it
     */
    default void setFailbackDelay(long nanos) {}

    /**
     * Sends a frame of a control thread, beside those of the handler.
     *
     * @param mbuf address; it is the queue's now, to be sent or freed
     */
    void inject(long mbuf);

    /** Begins or ends to keep copies of its frames; nothing where that is not provided for. */
    default void capture(boolean on) {}

    /** From now on the queue does not use the device of that side. */
    void leave(int side);
}
