package io.twinport.control.host;

import java.util.Objects;

/**
 * Which NIC it is: all that have this in common behave in one way.
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

    /**
     * By what the kernel says of a PF.
     *
     * @param vendor as sysfs has it, {@code 0x8086}
     * @param ethtool what {@code ethtool -i} prints; empty where it is not installed
     */
    public static NicId of(String vendor, String device, String driver, String ethtool) {
        String firmware = ethtool.lines()
                .filter(line -> line.startsWith("firmware-version:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
        return new NicId(hex(vendor) + ":" + hex(device), driver, firmware);
    }

    private static String hex(String text) {
        return text.strip().replaceFirst("^0x", "");
    }

    @Override
    public String toString() {
        return driver + " (" + pci + (firmware.isEmpty() ? "" : ", firmware " + firmware) + ")";
    }
}
