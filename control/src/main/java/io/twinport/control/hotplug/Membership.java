package io.twinport.control.hotplug;

/**
 * A device in its port's poll loop. For the thread of its side, in this order; a device that was stopped can be started
 * again instead of removed.
 */
public interface Membership {
    /**
     * The device will leave soon: the traffic goes to the other side if that is ready, and for a bounded time what still
     * comes by this one is received.
     */
    void prepareToLeave();

    /** Takes the device out of the loop's set; false if the loop has not left it yet, and the next call waits on. */
    boolean letGo();

    /**
     * Gives a device that the loop no longer uses a bounded time to send the frames in its transmit ring.
     *
     * @return frames that it may not have sent
     */
    long drain();

    /** Stops the device. */
    void stop();

    /** Closes the device, and removes it from DPDK. */
    void remove();

    /** Whether the device has gone without a word, or its driver has given it up: nothing is left but to remove it. */
    default boolean isGone() {
        return false;
    }

    /** Whether it was reset, or its link is back, and it needs {@link #restart} to be of use (U12). */
    boolean needsRestart();

    /** Starts a stopped device, and lets the loop use it again. */
    void restart();
}
