package io.twinport.dpdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A PCI device's configuration space as the kernel shows it in sysfs: there before EAL is, whatever driver has the
 * device. Needs root.
 */
public final class SysfsConfig implements Registers, AutoCloseable {
    private final FileChannel file;

    private SysfsConfig(FileChannel file) {
        this.file = file;
    }

    /** @param device its folder, {@code /sys/bus/pci/devices/0000:02:00.0} */
    public static SysfsConfig open(Path device) throws IOException {
        return new SysfsConfig(
                FileChannel.open(device.resolve("config"), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** Behind the end, which for all but root is at 64 bytes, all ones. */
    @Override
    public int read(int offset, int width) {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(-1)
                .clear()
                .limit(width);
        try {
            int ignored = file.read(buffer, offset);
        } catch (IOException e) {
            // As from a device that has been pulled out.
        }
        int value = buffer.clear().getInt();
        return width == Integer.BYTES ? value : value & (1 << 8 * width) - 1;
    }

    @Override
    public void write(int offset, int width, int value) {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .clear()
                .limit(width);
        try {
            int ignored = file.write(buffer, offset);
        } catch (IOException e) {
            // Ignored as by a device that has been pulled out.
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
