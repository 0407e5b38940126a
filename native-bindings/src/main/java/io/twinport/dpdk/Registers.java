package io.twinport.dpdk;

/**
 * A device's registers: its PCI configuration space, or a structure in one of its BARs. Each is accessed at its own
 * width, which devices insist on. A device that has been pulled out reads as all ones and ignores what is written.
 */
public interface Registers {
    /**
     * Reads a register, zero-extended.
     *
     * @param width 1, 2 or 4 bytes
     */
    int read(int offset, int width);

    /**
     * Writes a register.
     *
     * @param width 1, 2 or 4 bytes
     */
    void write(int offset, int width, int value);
}
