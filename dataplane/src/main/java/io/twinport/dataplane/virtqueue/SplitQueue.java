package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.DpdkMemory;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.UnsafeApi;

/**
 * A queue's memory, for the control thread: made, started, emptied. Between start and stop the queue is the poll loop's,
 * see {@link VirtioReceive} and {@link VirtioTransmit}.
 */
public final class SplitQueue implements AutoCloseable {
    /** Bytes in front of each frame that the device reads or writes. */
    public static final int NET_HEADER = QueueLayout.NET_HEADER;

    /** A slot for a header and one for a frame, twice. */
    public static final int LEAST_SLOTS = 4;

    /** What 2.7 allows. */
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
    private final int available;
    private final int used;
    private final int mbufs;
    private final int free;
    private final int header;
    private final int bytes;

    /** The largest {@link #completed} that was told; in the upper bits, which life of the queue that was. */
    private final AtomicLong told = new AtomicLong();

    /** A queue of a device that is told IOVAs, {@link #SplitQueue(int, int, boolean)}. */
    public SplitQueue(int index, int size) {
        this(index, size, false);
    }

    /**
     * @param index the device's number of the queue
     * @param size a power of two (2.7), {@link #LEAST_SLOTS} to {@link #MOST_SLOTS}
     * @param ownAddresses whether the device is told where frames lie by this process's own addresses
     */
    public SplitQueue(int index, int size, boolean ownAddresses) {
        this.ownAddresses = ownAddresses;
        if (Integer.bitCount(size) != 1 || size < LEAST_SLOTS || size > MOST_SLOTS) {
            throw new IllegalArgumentException("a split queue has no " + size + " slots");
        }
        this.index = index;
        this.size = size;
        // The device writes the used ring only: with a cache line of its own it takes none from the driver.
        this.descriptors = lines(BYTES);
        this.available = descriptors + size * DESCRIPTOR_BYTES;
        this.used = available + lines(RING + size * AVAILABLE_ELEMENT + Short.BYTES);
        this.mbufs = used + lines(RING + size * USED_ELEMENT + Short.BYTES);
        this.free = mbufs + lines(size * Long.BYTES);
        this.header = free + lines(size * Short.BYTES);
        this.bytes = header + CACHE_LINE;
        this.memory = DpdkMemory.allocateForDevice("virtqueue", bytes);
    }

    private static int lines(int bytes) {
        return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    }

    /** The queue's address, what the hot path is called with. */
    public long address() {
        return memory.address();
    }

    public int index() {
        return index;
    }

    public int size() {
        return size;
    }

    public long descriptorsIova() {
        return memory.iova() + descriptors;
    }

    public long availableIova() {
        return memory.iova() + available;
    }

    public long usedIova() {
        return memory.iova() + used;
    }

    /** Where this process has the descriptors. */
    public long descriptors() {
        return memory.address() + descriptors;
    }

    /** Where this process has the available ring. */
    public long available() {
        return memory.address() + available;
    }

    /** Where this process has the used ring. */
    public long used() {
        return memory.address() + used;
    }

    /** Whether the device may sleep, and is to be notified then. Any thread. */
    public boolean wantsNotifications() {
        return (UnsafeApi.getShortVolatile(null, used() + RING_FLAGS) & NO_NOTIFY) == 0;
    }

    /** A queue as the device expects it after its reset: empty, and no interrupts wanted. */
    public void clear() {
        long queue = memory.address();
        UnsafeApi.setMemory(queue, bytes, (byte) 0);
        UnsafeApi.putLong(queue + DESCRIPTORS, queue + descriptors);
        UnsafeApi.putLong(queue + AVAILABLE, queue + available);
        UnsafeApi.putLong(queue + USED, queue + used);
        UnsafeApi.putLong(queue + MBUFS, queue + mbufs);
        UnsafeApi.putLong(queue + FREE, queue + free);
        // Before DRIVER_OK the device must not be notified (3.1.1): until then it is this word that is written.
        UnsafeApi.putLong(queue + NOTIFY, queue + header + NET_HEADER);
        UnsafeApi.putInt(queue + SIZE, size);
        UnsafeApi.putInt(queue + INDEX, index);
        UnsafeApi.putInt(queue + BATCH, Math.min(LARGEST_BATCH, size / 4));
        UnsafeApi.putInt(queue + ADDRESS_FIELD, Mbuf.addressField(ownAddresses));
        UnsafeApi.putLong(queue + HEADER, (ownAddresses ? queue : memory.iova()) + header);
        UnsafeApi.putShort(queue + available + RING_FLAGS, NO_INTERRUPT);
        told.set((told.get() & LIFE) + ONE_LIFE);
    }

    /** Makes it a receive queue, with as many empty mbufs as the pool has for it. */
    public void fill(MbufPool pool) {
        long queue = memory.address();
        MbufAllocator.write(queue + ALLOCATOR, pool, -1);
        for (int i = 0; i < size; i++) {
            UnsafeApi.putShort(queue + free + (long) i * Short.BYTES, (short) i);
        }
        VirtioReceive.refill(queue);
    }

    /** Of a receive queue that was cleared: the device may spread a frame over several buffers. */
    public void mergeBuffers() {
        UnsafeApi.putInt(address() + BUFFERS_MASK, 0xffff);
    }

    /**
     * From now on the device is notified, and once now.
     *
     * @param notify address of the queue's notification register
     */
    public void start(long notify) {
        UnsafeApi.putLong(address() + NOTIFY, notify);
        VirtioNotify.publish(address(), UnsafeApi.getInt(address() + POSTED));
    }

    /** Frees the mbufs that the device has had. It must have been reset: it may not write into them any more. */
    public void freeMbufs() {
        for (int i = 0; i < size; i++) {
            long slot = address() + mbufs + (long) i * Long.BYTES;
            long mbuf = UnsafeApi.getLong(slot);
            if (mbuf != 0 && mbuf != VirtioTransmit.CONTINUED) {
                Mbuf.free(slot, 1);
            }
            UnsafeApi.putLong(slot, 0L);
        }
    }

    /** Of a transmit queue: how many frames the device has sent since {@link #clear}. It never goes back. Any thread. */
    public long completed() {
        long life = told.get() & LIFE;
        // The index first: chains are counted before they are published, so the count is never behind the device.
        int idx = UnsafeApi.getShortAcquire(null, address() + used + RING_IDX);
        long chains = UnsafeApi.getLongVolatile(null, address() + CHAINS);
        // A device may write any index, and 16 bits are few for a thread that has just lost its CPU.
        long done = Math.max(0, chains - ((chains - idx) & 0xffff));
        return told.accumulateAndGet(life | done, SplitQueue::later) & ~LIFE;
    }

    /** Of an earlier life nothing is told any more. */
    private static long later(long before, long now) {
        return ((before ^ now) & LIFE) == 0 ? Math.max(before, now) : before;
    }

    /** Of a receive queue: frames that were delivered since {@link #clear}. Any thread. */
    public long received() {
        return UnsafeApi.getLongVolatile(null, address() + CHAINS);
    }

    /**
     * Of a receive queue: frames that came with a checksum to be filled in, or merged of several, though the driver has
     * negotiated neither. Their checksums were filled in, or they are {@link #dropped} too. Any thread.
     */
    public long unfinished() {
        return UnsafeApi.getLongVolatile(null, address() + UNFINISHED);
    }

    /** Frames that were taken and freed: malformed, longer than the ring, without bytes. Any thread. */
    public long dropped() {
        return UnsafeApi.getLongVolatile(null, address() + DROPPED);
    }

    /** Bytes of the frames that a receive queue has delivered, or that a transmit queue was given. Any thread. */
    public long frameBytes() {
        return UnsafeApi.getLongVolatile(null, address() + FRAME_BYTES);
    }

    /** How often there were no mbufs for a receive queue. Any thread. */
    public long withoutMbuf() {
        return UnsafeApi.getLongVolatile(null, address() + WITHOUT_MBUF);
    }

    public boolean isBroken() {
        return UnsafeApi.getIntVolatile(null, address() + BROKEN) != 0;
    }

    /** Frees the memory; the device must have been reset. */
    @Override
    public void close() {
        memory.close();
    }
}
