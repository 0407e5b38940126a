package io.twinport.dataplane.device;

/**
 * Where a device is in its life with the poll loops.
 *
 * <pre>
 *   JOINING --join--> ACTIVE --leave--> DRAINING --epoch passed--> GONE
 *                                           |
 *                                           +--not in time--> QUARANTINED   never closed under a reader
 * </pre>
 */
public enum DeviceState {
    /** Configured and started; no loop uses it yet. */
    JOINING,
    /** In the set of its poll loops. */
    ACTIVE,
    /** The loops were told to leave it. */
    DRAINING,
    /** No loop uses it: it is stopped, closed and removed. */
    GONE,
    /** A loop did not leave it in time: it stays open, for closing it could crash the process. */
    QUARANTINED
}
