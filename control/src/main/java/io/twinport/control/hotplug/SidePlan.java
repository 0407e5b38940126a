package io.twinport.control.hotplug;

import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.loop.StuckLoopException;

/** What one side of a port is to be, and how its devices become that. */
public interface SidePlan {
    /** {@code primary} or {@code standby}. */
    String role();

    /** The device's name or address. */
    String name();

    /** Probes the device that is there. */
    SideDevice open();

    /**
     * Checks that the device has the port's address, before anything is set (R13).
     *
     * @throws io.twinport.dataplane.device.AdmissionException if it has not and cannot have it
     */
    void admit(SideDevice dev);

    /**
     * Configures the device, starts it and takes it into the poll loop; undoes the steps if one fails.
     *
     * @throws StuckLoopException if the loop does not answer: it may take the device yet
     */
    Membership join(SideDevice dev);

    /** The device that {@link #join} has failed with a {@link StuckLoopException} for: it must be released again. */
    Membership stuck();
}
