package io.twinport.control.host.probe;

import java.util.Objects;

/**
 * What a verdict is of: all NICs that have this in common behave in one way.
 *
 * @param pci vendor and device of the PF, {@code 8086:10c9}
 * @param driver of the PF
 * @param firmware its version, as its driver tells it; empty where it does not
 */
public record NicId(String pci, String driver, String firmware) {
    public NicId {
        Objects.requireNonNull(pci, "a nic has no pci");
        Objects.requireNonNull(driver, "a nic has no driver");
        Objects.requireNonNull(firmware, "a nic has no firmware");
    }

    @Override
    public String toString() {
        return driver + " (" + pci + (firmware.isEmpty() ? "" : ", firmware " + firmware) + ")";
    }
}
