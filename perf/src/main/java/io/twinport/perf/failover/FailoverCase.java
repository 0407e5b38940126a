package io.twinport.perf.failover;

/** What fails over. */
enum FailoverCase {
    /** Our failover port, as it comes. */
    TWINPORT("twinport"),
    /** Ours, holding the frames in flight so that the standby sends them again. */
    HOLD("hold"),
    /** Ours, told to change sides: nothing is cut, and there is no event. */
    PLANNED("planned"),
    /** DPDK's net_bonding, mode 1. */
    BONDING("bonding"),
    /** A C callback that stores the port to send on. */
    SELECTOR("selector"),
    /** DPDK's net_failsafe, its primary pulled out. */
    FAILSAFE("failsafe");

    private final String label;

    FailoverCase(String label) {
        this.label = label;
    }

    /** As in tables and JSON; of a C peer also the name by which {@code failover.c} knows it. */
    String label() {
        return label;
    }

    boolean isOurs() {
        return this == TWINPORT || this == HOLD || this == PLANNED;
    }

    /** Whether frames are numbered, because some may come twice. */
    boolean isNumbered() {
        return this == HOLD || this == PLANNED;
    }

    /** Whether a process can be cut only once: the device that was pulled out does not come back. */
    boolean isCutOnce() {
        return this == FAILSAFE;
    }
}
