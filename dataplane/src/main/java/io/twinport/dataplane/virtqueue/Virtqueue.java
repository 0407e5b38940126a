package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.DpdkMemory;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;

/**
 * A queue's memory, for the control thread: made, started, emptied. Between start and stop the queue is the poll loop's,
 * see {@link VirtioReceive} and {@link VirtioTransmit}.
 *
 * <p>The device knows a queue by three areas (2.6): the descriptors, what the driver writes and what the device writes.
 */
public abstract sealed class Virtqueue implements AutoCloseable permits SplitQueue, PackedQueue {
    /** Bytes in front of each frame that the device reads or writes. */
    public static final int NET_HEADER = QueueLayout.NET_HEADER;

    /** A slot for a header and one for a frame, twice. */
    public static final int LEAST_SLOTS = 4;

    /** What 2.7 and 2.8 allow. */
    public static final int MOST_SLOTS = 32768;

    private static final int CACHE_LINE = 64;

    /** A queue begins a new life each time that it is cleared; a thread may then be about to tell of the one before. */
    private static final long LIFE = 0xffL << 56;

    private static final long ONE_LIFE = 1L << 56;

    private final DpdkMemory memory;
    private final int index;
    private final int size;
    private final boolean ownAddresses;
    private final int descriptors;
    private final int driverArea;
    private final int deviceArea;
    private final int mbufs;
    private final int free;
    private final int header;
    private final int bytes;

    /** Of a transmit queue whose device writes checksums. */
    private @Nullable DpdkMemory headers;

    /** The largest {@link #completed} that was told; in the upper bits, which life of the queue that was. */
    private final AtomicLong told = new AtomicLong();

    /**
     * @param driverBytes of the driver's area
     * @param deviceBytes of the device's area
     */
    Virtqueue(int index, int size, boolean ownAddresses, int driverBytes, int deviceBytes) {
        this.ownAddresses = ownAddresses;
        if (Integer.bitCount(size) != 1 || size < LEAST_SLOTS || size > MOST_SLOTS) {
            throw new IllegalArgumentException("a virtqueue has no " + size + " slots");
        }
        this.index = index;
        this.size = size;
        // With cache lines of its own the device's area takes none from the driver.
        this.descriptors = lines(BYTES);
        this.driverArea = descriptors + lines(size * DESCRIPTOR_BYTES);
        this.deviceArea = driverArea + lines(driverBytes);
        this.mbufs = deviceArea + lines(deviceBytes);
        this.free = mbufs + lines(size * Long.BYTES);
        this.header = free + lines(size * Short.BYTES);
        this.bytes = header + CACHE_LINE;
        this.memory = DpdkMemory.allocateForDevice("virtqueue", bytes);
    }

    private static int lines(int bytes) {
        return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    }

    /** The queue's address, what the hot path is called with. */
    public final long address() {
        return memory.address();
    }

    public final int index() {
        return index;
    }

    public final int size() {
        return size;
    }

    public final long descriptorsIova() {
        return memory.iova() + descriptors;
    }

    public final long driverAreaIova() {
        return memory.iova() + driverArea;
    }

    public final long deviceAreaIova() {
        return memory.iova() + deviceArea;
    }

    /** Where this process has the descriptors. */
    public final long descriptors() {
        return memory.address() + descriptors;
    }

    /** Where this process has what the driver writes. */
    public final long driverArea() {
        return memory.address() + driverArea;
    }

    /** Where this process has what the device writes. */
    public final long deviceArea() {
        return memory.address() + deviceArea;
    }

    /** Whether the device may sleep, and is to be notified then. Any thread. */
    public abstract boolean wantsNotifications();

    /** Of a cleared queue, as vhost-user's {@code SET_VRING_BASE} says it: where the device begins. */
    public abstract int base();

    /** A queue as the device expects it after its reset: empty, and no interrupts wanted. */
    public final void clear() {
        long queue = memory.address();
        UnsafeApi.setMemory(queue, bytes, (byte) 0);
        UnsafeApi.putLong(queue + DESCRIPTORS, queue + descriptors);
        UnsafeApi.putLong(queue + AVAILABLE, queue + driverArea);
        UnsafeApi.putLong(queue + USED, queue + deviceArea);
        UnsafeApi.putLong(queue + MBUFS, queue + mbufs);
        UnsafeApi.putLong(queue + FREE, queue + free);
        // Before DRIVER_OK the device must not be notified (3.1.1): until then it is this word that is written.
        UnsafeApi.putLong(queue + NOTIFY, queue + header + NET_HEADER);
        UnsafeApi.putInt(queue + SIZE, size);
        UnsafeApi.putInt(queue + INDEX, index);
        UnsafeApi.putInt(queue + BATCH, Math.min(LARGEST_BATCH, size / 4));
        UnsafeApi.putInt(queue + ADDRESS_FIELD, Mbuf.addressField(ownAddresses));
        UnsafeApi.putLong(queue + HEADER, (ownAddresses ? queue : memory.iova()) + header);
        for (int i = 0; i < size; i++) {
            UnsafeApi.putShort(queue + free + (long) i * Short.BYTES, (short) i);
        }
        clearAreas();
        told.set((told.get() & LIFE) + ONE_LIFE);
    }

    /** Of memory that is all zeroes. */
    abstract void clearAreas();

    /** Makes it a receive queue, with as many empty mbufs as the pool has for it. */
    public final void fill(MbufPool pool) {
        MbufAllocator.write(address() + ALLOCATOR, pool, -1);
        VirtioReceive.refill(address());
    }

    /** Of a receive queue that was cleared: the device may spread a frame over several buffers. */
    public final void mergeBuffers() {
        UnsafeApi.putInt(address() + BUFFERS_MASK, 0xffff);
    }

    /** Of a receive queue that was cleared: the device may leave a checksum to be filled in, and says so. */
    public final void receiveChecksums() {
        UnsafeApi.putInt(address() + MARKS, NetHeader.MARKS_CHECKSUMS);
    }

    /** Besides {@link #receiveChecksums}: the device may merge segments of TCP's, and says so. */
    public final void receiveMerged() {
        UnsafeApi.putInt(address() + MARKS, NetHeader.MARKS_CHECKSUMS | NetHeader.MARKS_MERGED);
    }

    /** Of a transmit queue that was cleared: the device writes checksums, and cuts frames into segments, where mbufs ask for it. */
    public final void sendChecksums() {
        if (headers == null) {
            headers = DpdkMemory.allocateForDevice("net headers", size * NetHeader.STRIDE);
        }
        UnsafeApi.putLong(address() + HEADERS, headers.address());
        UnsafeApi.putLong(address() + HEADER, ownAddresses ? headers.address() : headers.iova());
    }

    /**
     * From now on the device is notified, and once now.
     *
     * @param notify address of the queue's notification register
     */
    public final void start(long notify) {
        UnsafeApi.putLong(address() + NOTIFY, notify);
        notifyDevice();
    }

    /** Once, of all that it was given before. */
    abstract void notifyDevice();

    /** Frees the mbufs that the device has had. It must have been reset: it may not write into them any more. */
    public final void freeMbufs() {
        for (int i = 0; i < size; i++) {
            long slot = address() + mbufs + (long) i * Long.BYTES;
            long mbuf = UnsafeApi.getLong(slot) & MBUF_MASK;
            if (mbuf != 0 && mbuf != SplitTransmit.CONTINUED) {
                UnsafeApi.putLong(slot, mbuf);
                Mbuf.free(slot, 1);
            }
            UnsafeApi.putLong(slot, 0L);
        }
    }

    /** Of a transmit queue: how many frames the device has sent since {@link #clear}. It never goes back. Any thread. */
    public final long completed() {
        long life = told.get() & LIFE;
        return told.accumulateAndGet(life | sent(), Virtqueue::later) & ~LIFE;
    }

    /** What the rings say now of {@link #completed}. */
    abstract long sent();

    /** Of an earlier life nothing is told any more. */
    private static long later(long before, long now) {
        return ((before ^ now) & LIFE) == 0 ? Math.max(before, now) : before;
    }

    /** Of a receive queue: frames that were delivered since {@link #clear}. Any thread. */
    public final long received() {
        return UnsafeApi.getLongVolatile(null, address() + CHAINS);
    }

    /**
     * Of a receive queue: frames that came with a checksum to be filled in, or merged of several. They say so after
     * {@link #receiveChecksums} and {@link #receiveMerged}; else their checksums were filled in, or they are {@link #dropped}
     * too. Any thread.
     */
    public final long unfinished() {
        return UnsafeApi.getLongVolatile(null, address() + UNFINISHED);
    }

    /** Frames that were taken and freed: malformed, longer than the ring, without bytes. Any thread. */
    public final long dropped() {
        return UnsafeApi.getLongVolatile(null, address() + DROPPED);
    }

    /** Bytes of the frames that a receive queue has delivered, or that a transmit queue was given. Any thread. */
    public final long frameBytes() {
        return UnsafeApi.getLongVolatile(null, address() + FRAME_BYTES);
    }

    /** How often there were no mbufs for a receive queue. Any thread. */
    public final long withoutMbuf() {
        return UnsafeApi.getLongVolatile(null, address() + WITHOUT_MBUF);
    }

    public final boolean isBroken() {
        return UnsafeApi.getIntVolatile(null, address() + BROKEN) != 0;
    }

    /** Frees the memory; the device must have been reset. */
    @Override
    public final void close() {
        if (headers != null) {
            headers.close();
        }
        memory.close();
    }
}
