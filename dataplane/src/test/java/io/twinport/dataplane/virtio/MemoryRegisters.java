package io.twinport.dataplane.virtio;

import io.twinport.dpdk.Registers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Registers that keep what is written to them; a test gives them behaviour by overriding. */
class MemoryRegisters implements Registers {
    private final ByteBuffer bytes;

    MemoryRegisters(int size) {
        bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int read(int offset, int width) {
        return switch (width) {
            case 1 -> bytes.get(offset) & 0xff;
            case 2 -> bytes.getShort(offset) & 0xffff;
            default -> bytes.getInt(offset);
        };
    }

    @Override
    public void write(int offset, int width, int value) {
        switch (width) {
            case 1 -> bytes.put(offset, (byte) value);
            case 2 -> bytes.putShort(offset, (short) value);
            default -> bytes.putInt(offset, value);
        }
    }

    /** What a device reads as that was pulled out. */
    static Registers gone() {
        return new Registers() {
            @Override
            public int read(int offset, int width) {
                return width == 4 ? -1 : (1 << 8 * width) - 1;
            }

            @Override
            public void write(int offset, int width, int value) {}
        };
    }
}
