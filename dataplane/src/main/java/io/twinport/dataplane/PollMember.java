package io.twinport.dataplane;

/** What joins and leaves a poll loop's set of devices. Called by the loop, between two passes. */
public interface PollMember {
    /**
     * From now on the loop uses this device.
     *
     * @param side which of the member's sides, from 0
     * @param line address of the device's {@link SideLine}, which stays as it is until {@link #leave} has returned
     */
    void join(int side, long line);

    /** From now on the loop does not use the device of that side. */
    void leave(int side);
}
