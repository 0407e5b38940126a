package io.twinport.control.kernel;

import java.util.Optional;

/**
 * A kernel interface, as it is now.
 *
 * @param index the kernel's number of it, which no later one gets
 * @param mac as sysfs writes it, {@code 52:54:00:12:34:56}
 * @param driver of its device, empty where it has none ({@code veth})
 * @param master the interface that it belongs to: a bridge, a bond, or the kernel's failover device
 * @param isStandby whether that is the kernel's failover device, of which this one is the standby: both have the same
 *     parent (R14)
 */
public record KernelInterface(
        String name, int index, String mac, String driver, Optional<String> master, boolean isStandby) {
    /** The same under another name. */
    public KernelInterface named(String other) {
        return new KernelInterface(other, index, mac, driver, master, isStandby);
    }

    /** The kernel's failover device over it. */
    public Optional<String> failoverDevice() {
        return isStandby ? master : Optional.empty();
    }
}
