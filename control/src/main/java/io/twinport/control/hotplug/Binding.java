package io.twinport.control.hotplug;

/** Whether PCI devices may be taken from the kernel. */
public enum Binding {
    /** They have to be lent to DPDK already. */
    NONE,
    /** If nobody uses their interfaces: they have no address and no route, and belong to nothing. */
    UNUSED,
    /** Whoever uses them. */
    IN_USE;

    boolean takes() {
        return this != NONE;
    }
}
