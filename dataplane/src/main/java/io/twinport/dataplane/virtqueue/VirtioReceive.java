package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.EalThread;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import org.agrona.UnsafeApi;

/**
 * Receiving from a virtio queue of either format, on the poll thread. A buffer is one mbuf; the header goes to the end of its headroom, so
 * that the frame begins where every driver puts it. A frame lies in one buffer or, see {@link SpreadFrame}, in several.
 */
public final class VirtioReceive {
    /** Without an Ethernet header in its first mbuf it is no frame. */
    static final int LEAST = 14;

    private VirtioReceive() {}

    /**
     * Takes received frames, and gives the device empty mbufs in their place. Of a frame's mbufs the first has its length
     * and their number, as from any driver of DPDK's.
     *
     * @param queue address of a started receive queue
     * @param packets address of an array, for the addresses of the mbufs
     * @return how many
     */
    public static int receive(long queue, long packets, int count) {
        return PackedRing.is(queue)
                ? PackedReceive.receive(queue, packets, count)
                : SplitReceive.receive(queue, packets, count);
    }

    /** Gives the device empty mbufs, in batches, until it has none to come or the pool is empty. */
    static void refill(long queue) {
        if (PackedRing.is(queue)) {
            PackedReceive.refill(queue);
        } else {
            SplitReceive.refill(queue);
        }
    }

    /** The queue is the calling thread's from now on: it allocates from that thread's cache. */
    public static void enter(long queue) {
        MbufAllocator.use(queue + ALLOCATOR, EalThread.lcore());
    }

    /** {@link #takeBack(long, long, int, int, int)} where it is not in a loop. */
    static long takeBack(long queue, int at, int id) {
        return takeBack(
                UnsafeApi.getLong(queue + MBUFS),
                UnsafeApi.getLong(queue + FREE),
                UnsafeApi.getInt(queue + SIZE) - 1,
                at,
                id);
    }

    /**
     * The mbuf that the device names as used; 0 if it has none of that number.
     *
     * @param at where it is said, in the order in which buffers are used
     */
    static long takeBack(long mbufs, long free, int mask, int at, int id) {
        long slot = mbufs + (long) (id & mask) * Long.BYTES;
        long mbuf = UnsafeApi.getLong(slot);
        if ((id & ~mask) != 0 || mbuf == 0) {
            return 0;
        }
        UnsafeApi.putLong(slot, 0L);
        UnsafeApi.putShort(free + (long) at * Short.BYTES, (short) id);
        return mbuf;
    }

    static boolean isWhole(long queue, long mbuf) {
        return Mbuf.packetLength(mbuf) != 0 && NetHeader.read(queue, mbuf);
    }
}
