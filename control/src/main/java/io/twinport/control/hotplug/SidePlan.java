package io.twinport.control.hotplug;

import io.twinport.dataplane.SideDevice;

/** What one side of a port is to be, and how its devices become that. */
public interface SidePlan {
    /** {@code primary} or {@code standby}. */
    String role();

    /** The device's name or address. */
    String name();

    /** Probes the device; a virtual one may wait for its far end for ever. */
    SideDevice open();

    /**
     * Checks that the device has the port's address, before anything is set (R13).
     *
     * @throws io.twinport.control.UserException if it has not and cannot have it
     */
    void admit(SideDevice dev);

    /** Configures the device, starts it and takes it into the poll loop; undoes the steps if one fails. */
    Membership join(SideDevice dev);
}
