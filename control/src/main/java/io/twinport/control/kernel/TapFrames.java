package io.twinport.control.kernel;

import io.twinport.posix.TapQueue;

/** How frames lie in a TAP's queue. For one thread, and nothing allocates. */
interface TapFrames {
    /** In place of a length: what has come is no frame that can be sent. */
    int BAD = -1;

    /**
     * Takes a frame that the kernel sends.
     *
     * @param mbuf an empty one
     * @return its length; 0 if there is none, or {@link #BAD}
     */
    int read(TapQueue tap, long mbuf);

    /**
     * Gives the kernel a frame, which stays its owner's.
     *
     * @return false if it did not get it
     */
    boolean write(TapQueue tap, long mbuf);
}
