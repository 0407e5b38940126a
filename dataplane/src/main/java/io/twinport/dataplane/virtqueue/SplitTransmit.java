package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * {@link VirtioTransmit} by a split queue. Slots, of a descriptor each, are used in turn; one is free when it holds no mbuf,
 * so the device may complete in any order.
 */
final class SplitTransmit {
    /** In a slot whose descriptor belongs to the chain of a slot before it. */
    static final long CONTINUED = 1;

    /** In place of a number of slots: the frame could never be sent. */
    private static final int NEVER = -1;

    private SplitTransmit() {}

    /** {@link VirtioTransmit#transmit}. */
    static int transmit(long queue, long packets, int count) {
        reclaim(queue, count);
        if (UnsafeApi.getInt(queue + BROKEN) != 0) {
            return 0;
        }
        long available = UnsafeApi.getLong(queue + AVAILABLE);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        boolean offloads = UnsafeApi.getLong(queue + HEADERS) != 0;
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        int posted = UnsafeApi.getInt(queue + POSTED);
        int before = posted;
        int slot = UnsafeApi.getInt(queue + NEXT);
        long bytes = 0;
        int n = 0;
        for (; n < count; n++) {
            long mbuf = UnsafeApi.getLong(packets + (long) n * Long.BYTES);
            int length = Mbuf.dataLength(mbuf);
            int slots = 1;
            if (length != 0 && Mbuf.isOursToPrepend(mbuf, NET_HEADER)) {
                if (UnsafeApi.getLong(mbufs + (long) slot * Long.BYTES) != 0) {
                    break;
                }
                long header = Mbuf.data(mbuf) - NET_HEADER;
                if (offloads) {
                    NetHeader.write(mbuf, header);
                } else {
                    NetHeader.clear(header);
                }
                describe(queue, slot, VirtioTransmit.address(queue, mbuf) - NET_HEADER, length + NET_HEADER);
                UnsafeApi.putLong(mbufs + (long) slot * Long.BYTES, mbuf);
                bytes += length;
            } else {
                slots = chain(queue, mbuf, slot);
                if (slots == NEVER) {
                    QueueFaults.drop(queue, packets + (long) n * Long.BYTES);
                    continue;
                }
                if (slots == 0) {
                    break;
                }
                bytes += Mbuf.packetLength(mbuf);
            }
            UnsafeApi.putShort(available + RING + (long) (posted & mask) * AVAILABLE_ELEMENT, (short) slot);
            posted = (posted + 1) & 0xffff;
            slot = (slot + slots) & mask;
        }
        if (posted != before) {
            UnsafeApi.putInt(queue + NEXT, slot);
            UnsafeApi.putInt(queue + POSTED, posted);
            // Before it is published: who sees that a chain is done sees it counted.
            UnsafeApi.putLong(queue + CHAINS, UnsafeApi.getLong(queue + CHAINS) + (posted - before & 0xffff));
            UnsafeApi.putLong(queue + FRAME_BYTES, UnsafeApi.getLong(queue + FRAME_BYTES) + bytes);
            VirtioNotify.publish(queue, posted);
        }
        return n;
    }

    /** {@link VirtioTransmit#reap}. */
    static void reap(long queue) {
        long used = UnsafeApi.getLong(queue + USED);
        int sent = sent(queue, used);
        while (sent > 0) {
            int n = Math.min(sent, UnsafeApi.getInt(queue + BATCH));
            sent -= n;
            if (!free(queue, used, n)) {
                return;
            }
        }
    }

    /** {@link VirtioTransmit#isSent}. */
    static boolean isSent(long queue) {
        long used = UnsafeApi.getLong(queue + USED);
        return UnsafeApi.getInt(queue + BROKEN) == 0
                && (UnsafeApi.getInt(queue + POSTED) - UnsafeApi.getShortAcquire(null, used + RING_IDX) & 0xffff) == 0;
    }

    /** Writes a slot's descriptor. */
    static void describe(long queue, int slot, long address, long lengthAndFlags) {
        long descriptor = UnsafeApi.getLong(queue + DESCRIPTORS) + (long) slot * DESCRIPTOR_BYTES;
        UnsafeApi.putLong(descriptor, address);
        UnsafeApi.putLong(descriptor + DESCRIPTOR_LENGTH, lengthAndFlags);
    }

    /**
     * A frame that no header is written before: a header elsewhere and the segments, chained. A segment without bytes is left
     * out: for a descriptor without bytes QEMU gives the whole device up.
     *
     * @return how many slots it takes, 0 if they are not free, {@link #NEVER} if the ring has not as many or there are no
     *     bytes
     */
    private static int chain(long queue, long mbuf, int first) {
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        int segments = VirtioTransmit.segmentsWithBytes(mbuf);
        int slots = 1 + segments;
        if (segments == 0 || slots > mask + 1) {
            return NEVER;
        }
        if (!isFree(mbufs, first, slots, mask)) {
            // Frames that are sent may have them still: fewer than a batch, which nothing else would free.
            reap(queue);
            if (!isFree(mbufs, first, slots, mask)) {
                return 0;
            }
        }
        long next = first + 1 & mask;
        describe(queue, first, VirtioTransmit.header(queue, mbuf, first), NET_HEADER | FLAG_NEXT | next << NEXT_SHIFT);
        UnsafeApi.putLong(mbufs + (long) first * Long.BYTES, mbuf);
        long segment = mbuf;
        for (int i = 1; i < slots; segment = Mbuf.next(segment)) {
            int length = Mbuf.dataLength(segment);
            if (length != 0) {
                int slot = first + i & mask;
                next = slot + 1 & mask;
                long flags = i == slots - 1 ? 0 : FLAG_NEXT | next << NEXT_SHIFT;
                describe(queue, slot, VirtioTransmit.address(queue, segment), length | flags);
                UnsafeApi.putLong(mbufs + (long) slot * Long.BYTES, CONTINUED);
                i++;
            }
        }
        return slots;
    }

    private static boolean isFree(long mbufs, int first, int slots, int mask) {
        for (int i = 0; i < slots; i++) {
            if (UnsafeApi.getLong(mbufs + (long) (first + i & mask) * Long.BYTES) != 0) {
                return false;
            }
        }
        return true;
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

    /** Frames that the device has sent and that are not freed; none of a broken queue. */
    private static int sent(long queue, long used) {
        int taken = UnsafeApi.getInt(queue + TAKEN);
        // Acquire: pairs with the device's store of idx, after those of the elements.
        int sent = (UnsafeApi.getShortAcquire(null, used + RING_IDX) - taken) & 0xffff;
        if (sent > (UnsafeApi.getInt(queue + POSTED) - taken & 0xffff)) {
            // More than it was given.
            QueueFaults.markBroken(queue);
        }
        return UnsafeApi.getInt(queue + BROKEN) == 0 ? sent : 0;
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

    /**
     * Whether so many frames of one slot find a free one: the first that they need, which a device that sends in any
     * order may be done with after the others, and the last.
     */
    private static boolean isFree(long queue, int count) {
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        int slot = UnsafeApi.getInt(queue + NEXT);
        int end = slot + Math.min(count - 1, mask) & mask;
        return count == 0
                || UnsafeApi.getLong(mbufs + (long) slot * Long.BYTES) == 0
                        && UnsafeApi.getLong(mbufs + (long) end * Long.BYTES) == 0;
    }

    private static int take(long queue, long used, int taken, int count) {
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        for (int i = 0; i < count; i++) {
            int id = UnsafeApi.getInt(used + RING + (long) ((taken + i) & mask) * USED_ELEMENT);
            int slot = id & mask;
            long mbuf = UnsafeApi.getLong(mbufs + (long) slot * Long.BYTES);
            if (id != slot || mbuf == 0 || mbuf == CONTINUED) {
                // Not what it was given.
                QueueFaults.markBroken(queue);
                return i;
            }
            UnsafeApi.putLong(queue + SCRATCH + (long) i * Long.BYTES, mbuf);
            do {
                UnsafeApi.putLong(mbufs + (long) slot * Long.BYTES, 0L);
                slot = slot + 1 & mask;
            } while (UnsafeApi.getLong(mbufs + (long) slot * Long.BYTES) == CONTINUED);
        }
        return count;
    }
}
