package io.twinport.control.host;

/** Where a NIC sends the frames for a VF whose driver is not up. */
public enum NicVerdict {
    /** To nobody, as soon as the VF has its address: the bridge's uplink needs a filter of its own. */
    EARLY,
    /** To the PF and its bridge. */
    LATE,
    /** Nobody has measured it. */
    UNKNOWN;

    /** Of a PF's driver, as measured. */
    public static NicVerdict ofDriver(String driver) {
        return driver.equals("igb") ? EARLY : UNKNOWN;
    }
}
