package io.twinport.control.lab;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.twinport.dataplane.vhost.VhostMessage;
import io.twinport.dataplane.vhost.VhostRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a driver shares with its far end: its memory, and in it the rings, of which only the first one is looked at, by which
 * the driver receives (split, virtio 1.2, 2.7).
 *
 * <pre>
 *   available  flags:16 index:16 {id:16} ...         used  flags:16 index:16 {id:32 length:32} ...
 *   descriptor address:64 length:32 flags:16 next:16
 * </pre>
 */
final class FarEndMemory implements AutoCloseable {
    private static final int RECEIVE_RING = 0;
    private static final int REGION_BYTES = 32;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int USED_BYTES = 8;
    private static final int RING_HEADER = 4;
    private static final int INDEX = 2;
    private static final int NUM_BUFFERS = 10;

    /** A part of the driver's memory, by the driver's own addresses. */
    private record Region(long address, MemorySegment memory) {}

    private final Arena arena = Arena.ofAuto();
    private final List<Region> regions = new ArrayList<>();
    private int size;
    private @Nullable MemorySegment descriptors;
    private @Nullable MemorySegment available;
    private @Nullable MemorySegment used;
    private boolean isKicked;

    /** Takes what a message says of memory and rings. */
    void hear(VhostMessage message) throws IOException {
        ByteBuffer payload = ByteBuffer.wrap(message.payload()).order(ByteOrder.LITTLE_ENDIAN);
        switch (message.request()) {
            case VhostRequest.SET_MEM_TABLE -> map(payload, message.descriptors());
            case VhostRequest.SET_VRING_NUM -> {
                if (payload.getInt() == RECEIVE_RING) {
                    size = payload.getInt();
                }
            }
            case VhostRequest.SET_VRING_ADDR -> {
                if (payload.getInt() == RECEIVE_RING) {
                    descriptors = at(payload.getLong(8), (long) size * DESCRIPTOR_BYTES);
                    used = at(payload.getLong(16), RING_HEADER + (long) size * USED_BYTES);
                    available = at(payload.getLong(24), RING_HEADER + (long) size * Short.BYTES);
                }
            }
            case VhostRequest.SET_VRING_KICK -> isKicked = true;
            default -> {} // nothing of the kind
        }
    }

    private void map(ByteBuffer table, int[] files) throws IOException {
        regions.clear();
        int count = table.getInt();
        for (int i = 0; i < count; i++) {
            int region = 8 + i * REGION_BYTES;
            long length = table.getLong(region + 8);
            long address = table.getLong(region + 16);
            long offset = table.getLong(region + 24);
            try (RandomAccessFile file = new RandomAccessFile("/proc/self/fd/" + files[i], "rw")) {
                regions.add(new Region(address, file.getChannel().map(MapMode.READ_WRITE, offset, length, arena)));
            }
        }
    }

    private MemorySegment at(long address, long length) {
        for (Region region : regions) {
            long offset = address - region.address();
            if (offset >= 0 && offset + length <= region.memory().byteSize()) {
                return region.memory().asSlice(offset, length);
            }
        }
        throw new IllegalArgumentException("0x" + Long.toHexString(address) + " is in no region");
    }

    /** Whether the driver has given its buffers. */
    boolean isReady() {
        MemorySegment ring = available;
        return isKicked && ring != null && ring.get(JAVA_SHORT_UNALIGNED, INDEX) != 0;
    }

    /**
     * Gives buffers back as if frames were in them.
     *
     * @param ids as the used ring has them; those below the ring's size stand for what the driver has made available there
     * @param length of each, in bytes
     * @param perFrame how many buffers make a frame
     * @return true
     */
    boolean giveBack(int[] ids, int length, int perFrame) {
        MemorySegment ring = java.util.Objects.requireNonNull(used);
        int index = ring.get(JAVA_SHORT_UNALIGNED, INDEX) & 0xffff;
        for (int id : ids) {
            int real = id >= 0 && id < size ? availableId(id) : id;
            if (real >= 0 && real < size) {
                header(real, perFrame);
            }
            long entry = RING_HEADER + (long) (index % size) * USED_BYTES;
            ring.set(JAVA_INT_UNALIGNED, entry, real);
            ring.set(JAVA_INT_UNALIGNED, entry + Integer.BYTES, length);
            index++;
        }
        java.lang.invoke.VarHandle.releaseFence();
        ring.set(JAVA_SHORT_UNALIGNED, INDEX, (short) index);
        return true;
    }

    private int availableId(int position) {
        MemorySegment ring = java.util.Objects.requireNonNull(available);
        return ring.get(JAVA_SHORT_UNALIGNED, RING_HEADER + (long) position * Short.BYTES) & 0xffff;
    }

    /** An empty virtio-net header before the frame: only its number of buffers counts. */
    private void header(int id, int buffers) {
        MemorySegment descriptor = java.util.Objects.requireNonNull(descriptors);
        long address = descriptor.get(JAVA_LONG_UNALIGNED, (long) id * DESCRIPTOR_BYTES);
        MemorySegment header = at(address, NUM_BUFFERS + Short.BYTES);
        header.fill((byte) 0);
        header.set(JAVA_SHORT_UNALIGNED, NUM_BUFFERS, (short) buffers);
    }

    /** Says that so many buffers more are used, whose entries are whatever they are. */
    boolean claimUsed(int more) {
        MemorySegment ring = java.util.Objects.requireNonNull(used);
        ring.set(JAVA_SHORT_UNALIGNED, INDEX, (short) (ring.get(JAVA_SHORT_UNALIGNED, INDEX) + more));
        return true;
    }

    /** The mappings go with the collector: to close them would stop the poll threads for a moment. */
    @Override
    public void close() {
        regions.clear();
        descriptors = null;
        available = null;
        used = null;
    }
}
