package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * Sending by a virtio queue, on the poll thread. Slots are used in turn, one for each segment of a frame; a slot is free
 * when it holds no mbuf, so the device may complete in any order.
 */
public final class VirtioTransmit {
    /** In a slot whose descriptor belongs to the chain of a slot before it. */
    static final long CONTINUED = 1;

    private VirtioTransmit() {}

    /**
     * Gives the device frames to send, as many as there is room for, and frees some that it has sent. A frame that could
     * never fit is taken, freed and counted: nobody could be rid of it otherwise.
     *
     * @param queue address of a started transmit queue
     * @param packets address of an array of mbuf addresses
     * @return how many were taken; of the rest the caller stays the owner
     */
    public static int transmit(long queue, long packets, int count) {
        reclaim(queue, count);
        long available = UnsafeApi.getLong(queue + AVAILABLE);
        long descriptors = UnsafeApi.getLong(queue + DESCRIPTORS);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        int posted = UnsafeApi.getInt(queue + POSTED);
        int before = posted;
        int slot = UnsafeApi.getInt(queue + NEXT);
        int n = 0;
        for (; n < count; n++) {
            long mbuf = UnsafeApi.getLong(packets + (long) n * Long.BYTES);
            int slots = 1;
            if (!Mbuf.isContiguous(mbuf)) {
                slots = chain(queue, mbuf, slot);
                if (slots < 0) {
                    drop(queue, packets + (long) n * Long.BYTES);
                    continue;
                }
            } else if (UnsafeApi.getLong(mbufs + (long) slot * Long.BYTES) == 0) {
                describe(descriptors, slot, mbuf, 0);
                UnsafeApi.putLong(mbufs + (long) slot * Long.BYTES, mbuf);
            } else {
                slots = 0;
            }
            if (slots == 0) {
                break;
            }
            UnsafeApi.putShort(available + RING + (long) (posted & mask) * AVAILABLE_ELEMENT, (short) (2 * slot));
            posted = (posted + 1) & 0xffff;
            slot = (slot + slots) & mask >>> 1;
        }
        if (posted != before) {
            UnsafeApi.putInt(queue + NEXT, slot);
            UnsafeApi.putInt(queue + POSTED, posted);
            UnsafeApi.putLong(queue + CHAINS, UnsafeApi.getLong(queue + CHAINS) + (posted - before & 0xffff));
            VirtioNotify.publish(queue, posted);
        }
        return n;
    }

    /** Frees all that the device has sent. */
    public static void reap(long queue) {
        long used = UnsafeApi.getLong(queue + USED);
        int sent = sent(queue, used);
        while (sent > 0 && UnsafeApi.getInt(queue + BROKEN) == 0) {
            int n = Math.min(sent, UnsafeApi.getInt(queue + BATCH));
            sent -= n;
            if (!free(queue, used, n)) {
                return;
            }
        }
    }

    /** Whether the device has sent all that it was given. */
    public static boolean isSent(long queue) {
        long used = UnsafeApi.getLong(queue + USED);
        return (UnsafeApi.getInt(queue + POSTED) - UnsafeApi.getShortAcquire(null, used + RING_IDX) & 0xffff) == 0;
    }

    private static void describe(long descriptors, int slot, long segment, long flags) {
        long descriptor = descriptors + (long) (2 * slot + 1) * DESCRIPTOR_BYTES;
        UnsafeApi.putLong(descriptor, Mbuf.iova(segment));
        UnsafeApi.putLong(descriptor + DESCRIPTOR_LENGTH, Mbuf.dataLength(segment) | flags);
    }

    /**
     * A frame of several segments: the frame descriptors of as many slots, chained; only the first slot's header is used.
     *
     * @return how many slots it takes, 0 if they are not free, -1 if the ring has not as many
     */
    private static int chain(long queue, long mbuf, int first) {
        long descriptors = UnsafeApi.getLong(queue + DESCRIPTORS);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        int last = UnsafeApi.getInt(queue + SIZE) / 2 - 1;
        int slots = Mbuf.segments(mbuf);
        if (slots > last + 1) {
            return -1;
        }
        for (int i = 0; i < slots; i++) {
            if (UnsafeApi.getLong(mbufs + (long) (first + i & last) * Long.BYTES) != 0) {
                return 0;
            }
        }
        long segment = mbuf;
        for (int i = 0; i < slots; i++) {
            int slot = first + i & last;
            long next = 2L * (slot + 1 & last) + 1;
            describe(descriptors, slot, segment, i == slots - 1 ? 0 : FLAG_NEXT | next << NEXT_SHIFT);
            UnsafeApi.putLong(mbufs + (long) slot * Long.BYTES, i == 0 ? mbuf : CONTINUED);
            segment = Mbuf.next(segment);
        }
        return slots;
    }

    /** How many it has freed because they could never fit; for the thread that sends. */
    public static long dropped(long queue) {
        return UnsafeApi.getLong(queue + DROPPED);
    }

    private static void drop(long queue, long packet) {
        UnsafeApi.putLong(queue + DROPPED, UnsafeApi.getLong(queue + DROPPED) + 1);
        Mbuf.free(packet, 1);
    }

    /**
     * Frees what was sent, in batches: as soon as there is one, so that the first burst after an idle time has none to make
     * up for; and earlier where the slots would not last.
     */
    private static void reclaim(long queue, int count) {
        long used = UnsafeApi.getLong(queue + USED);
        int batch = UnsafeApi.getInt(queue + BATCH);
        int sent = sent(queue, used);
        while (sent >= batch || sent > 0 && !isFree(queue, count)) {
            int n = Math.min(sent, batch);
            if (!free(queue, used, n)) {
                return;
            }
            sent -= n;
        }
    }

    /** Frames that the device has sent and that are not freed. */
    private static int sent(long queue, long used) {
        // Acquire: pairs with the device's store of idx, after those of the elements.
        return (UnsafeApi.getShortAcquire(null, used + RING_IDX) - UnsafeApi.getInt(queue + TAKEN)) & 0xffff;
    }

    /** Frees so many of those that were sent; false if the queue is broken. */
    private static boolean free(long queue, long used, int count) {
        int taken = UnsafeApi.getInt(queue + TAKEN);
        int freed = take(queue, used, taken, count);
        Mbuf.free(queue + SCRATCH, freed);
        if (freed < count) {
            return false;
        }
        UnsafeApi.putInt(queue + TAKEN, (taken + count) & 0xffff);
        return true;
    }

    /** Whether the last slot that so many frames of one segment need is free. */
    private static boolean isFree(long queue, int count) {
        int last = UnsafeApi.getInt(queue + SIZE) / 2 - 1;
        int slot = UnsafeApi.getInt(queue + NEXT) + Math.min(count - 1, last) & last;
        return count == 0 || UnsafeApi.getLong(UnsafeApi.getLong(queue + MBUFS) + (long) slot * Long.BYTES) == 0;
    }

    private static int take(long queue, long used, int taken, int count) {
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        int last = mask >>> 1;
        if (UnsafeApi.getInt(queue + BROKEN) != 0) {
            return 0;
        }
        for (int i = 0; i < count; i++) {
            int id = UnsafeApi.getInt(used + RING + (long) ((taken + i) & mask) * USED_ELEMENT);
            int slot = id >>> 1 & last;
            long mbuf = UnsafeApi.getLong(mbufs + (long) slot * Long.BYTES);
            if ((id & (~mask | 1)) != 0 || mbuf == 0 || mbuf == CONTINUED) {
                // Not what it was given: the slots stay taken, so the queue comes to a stop when they are all used.
                UnsafeApi.putIntVolatile(null, queue + BROKEN, 1);
                return i;
            }
            UnsafeApi.putLong(queue + SCRATCH + (long) i * Long.BYTES, mbuf);
            do {
                UnsafeApi.putLong(mbufs + (long) slot * Long.BYTES, 0L);
                slot = slot + 1 & last;
            } while (UnsafeApi.getLong(mbufs + (long) slot * Long.BYTES) == CONTINUED);
        }
        return count;
    }
}
