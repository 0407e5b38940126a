package io.twinport.control.host;

/** Where a NIC sends the frames for a VF whose driver is not up, by the standby's way; and so what this way needs. */
public enum NicVerdict {
    /** To nobody, as soon as the VF has its address: the bridge's uplink needs a filter of its own. */
    EARLY,
    /** To the standby: it needs nothing. */
    LATE,
    /** To nobody, and no filter helps. */
    LOST,
    /** Nobody has measured it. */
    UNKNOWN
}
