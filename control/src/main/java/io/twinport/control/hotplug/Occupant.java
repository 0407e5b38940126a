package io.twinport.control.hotplug;

/**
 * The device that is in a slot.
 *
 * @param identity equal for the same device only: a device that was pulled out and plugged in again is another one
 * @param driver the kernel's driver that it is bound to, empty if there is none
 * @param isLent whether it can be probed as it is: that driver lends it to DPDK
 */
public record Occupant(Object identity, String driver, boolean isLent) {
    boolean isSameDevice(Occupant other) {
        return identity.equals(other.identity);
    }
}
