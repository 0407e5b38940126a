package io.twinport.dpdk;

import org.agrona.UnsafeApi;

/** Registers in mapped memory. Volatile accesses: each happens, once, in program order and at its width. */
public final class MappedRegisters implements Registers {
    private final long address;

    public MappedRegisters(long address) {
        this.address = address;
    }

    @Override
    public int read(int offset, int width) {
        return switch (width) {
            case 1 -> UnsafeApi.getByteVolatile(null, address + offset) & 0xff;
            case 2 -> UnsafeApi.getShortVolatile(null, address + offset) & 0xffff;
            case 4 -> UnsafeApi.getIntVolatile(null, address + offset);
            default -> throw new IllegalArgumentException("width " + width);
        };
    }

    @Override
    public void write(int offset, int width, int value) {
        switch (width) {
            case 1 -> UnsafeApi.putByteVolatile(null, address + offset, (byte) value);
            case 2 -> UnsafeApi.putShortVolatile(null, address + offset, (short) value);
            case 4 -> UnsafeApi.putIntVolatile(null, address + offset, value);
            default -> throw new IllegalArgumentException("width " + width);
        }
    }
}
