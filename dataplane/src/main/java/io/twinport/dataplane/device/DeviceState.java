package io.twinport.dataplane.device;

/**
 * Where a device is in its life with the poll loops.
 *
 * <pre>
 *   STOPPED --started--> STARTED --told to the loops--> ACTIVE --loops told to leave--> LEAVING
 *    |  ^                 |   ^                                                            |
 *    |  +-----stopped-----+   +------------------all loops have left it-------------------+
 *    v
 *   CLOSED
 * </pre>
 */
enum DeviceState {
    /** Never started, or stopped. */
    STOPPED,
    /** No loop uses it: none does yet, or all have left it. */
    STARTED,
    /** In the set of its poll loops. */
    ACTIVE,
    /**
     * The loops were told to leave it, or have not answered that they use it. As long as one of them may use it, it stays open:
     * closing it could crash the process.
     */
    LEAVING,
    /** Its driver has given it back. */
    CLOSED
}
