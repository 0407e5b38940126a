package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import org.agrona.UnsafeApi;

/** {@link VirtioReceive} by a split queue: what the device has used stands in the used ring, in any order. */
final class SplitReceive {
    private SplitReceive() {}

    /** {@link VirtioReceive#receive}. */
    static int receive(long queue, long packets, int count) {
        long used = UnsafeApi.getLong(queue + USED);
        int taken = UnsafeApi.getInt(queue + TAKEN);
        // Acquire: pairs with the device's store of idx, after those of the elements and of the frames (2.7.14).
        int filled = (UnsafeApi.getShortAcquire(null, used + RING_IDX) - taken) & 0xffff;
        int n = 0;
        if (filled != 0) {
            if (UnsafeApi.getInt(queue + BROKEN) != 0) {
                return 0;
            }
            if (filled > (UnsafeApi.getInt(queue + POSTED) - taken & 0xffff)) {
                // More than it was given: what the elements name has been given to it anew, and it may still write
                // there.
                QueueFaults.markBroken(queue);
                return 0;
            }
            n = take(queue, used, filled, packets, count);
            UnsafeApi.putLong(queue + CHAINS, UnsafeApi.getLong(queue + CHAINS) + n);
        }
        refill(queue);
        return n;
    }

    private static int take(long queue, long used, int filled, long packets, int count) {
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        long free = UnsafeApi.getLong(queue + FREE);
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        int buffersMask = UnsafeApi.getInt(queue + BUFFERS_MASK);
        boolean marks = UnsafeApi.getInt(queue + MARKS) != 0;
        int taken = UnsafeApi.getInt(queue + TAKEN);
        long bytes = 0;
        // Frames in one buffer each; one in more moves the limit on.
        int limit = Math.min(filled, count);
        int buffers = 0;
        int n = 0;
        while (buffers < limit) {
            int at = (taken + buffers) & mask;
            long element = UnsafeApi.getLong(used + RING + (long) at * USED_ELEMENT);
            long mbuf = VirtioReceive.takeBack(mbufs, free, mask, at, (int) element);
            if (mbuf == 0) {
                QueueFaults.markBroken(queue);
                break;
            }
            long packet = packets + (long) n * Long.BYTES;
            UnsafeApi.putLong(packet, mbuf);
            int length = (int) (element >>> 32) - NET_HEADER;
            if (length >= VirtioReceive.LEAST
                    && length <= Mbuf.room(mbuf)
                    && SpreadFrame.isPlain(Mbuf.data(mbuf), buffersMask)) {
                Mbuf.length(mbuf, length);
                if (marks) {
                    NetHeader.markRight(mbuf);
                }
                bytes += length;
                buffers++;
                n++;
                continue;
            }
            int spread = SpreadFrame.gather(queue, used, taken + buffers, filled - buffers, mbuf, length);
            if (spread != 0 && VirtioReceive.isWhole(queue, mbuf)) {
                bytes += Mbuf.packetLength(mbuf);
                n++;
            } else {
                QueueFaults.drop(queue, packet);
            }
            if (spread == 0) {
                break;
            }
            buffers += spread;
            limit = Math.min(filled, limit + spread - 1);
        }
        UnsafeApi.putInt(queue + TAKEN, (taken + buffers) & 0xffff);
        UnsafeApi.putLong(queue + FRAME_BYTES, UnsafeApi.getLong(queue + FRAME_BYTES) + bytes);
        return n;
    }

    /** {@link VirtioReceive#refill}. */
    static void refill(long queue) {
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        int batch = UnsafeApi.getInt(queue + BATCH);
        int posted = UnsafeApi.getInt(queue + POSTED);
        int empty = mask + 1 - ((posted - UnsafeApi.getInt(queue + TAKEN)) & 0xffff);
        if (empty < batch || UnsafeApi.getInt(queue + BROKEN) != 0) {
            return;
        }
        int before = posted;
        for (; empty >= batch; empty -= batch) {
            if (MbufAllocator.allocate(queue + ALLOCATOR, queue + SCRATCH, batch) == 0) {
                UnsafeApi.putLong(queue + WITHOUT_MBUF, UnsafeApi.getLong(queue + WITHOUT_MBUF) + 1);
                break;
            }
            post(queue, posted, batch, mask);
            posted = (posted + batch) & 0xffff;
        }
        if (posted != before) {
            UnsafeApi.putInt(queue + POSTED, posted);
            VirtioNotify.publish(queue, posted);
        }
    }

    private static void post(long queue, int posted, int count, int mask) {
        long available = UnsafeApi.getLong(queue + AVAILABLE);
        long descriptors = UnsafeApi.getLong(queue + DESCRIPTORS);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        long free = UnsafeApi.getLong(queue + FREE);
        int field = UnsafeApi.getInt(queue + ADDRESS_FIELD);
        for (int i = 0; i < count; i++) {
            int at = (posted + i) & mask;
            int id = UnsafeApi.getShort(free + (long) at * Short.BYTES) & mask;
            long mbuf = UnsafeApi.getLong(queue + SCRATCH + (long) i * Long.BYTES);
            long descriptor = descriptors + (long) id * DESCRIPTOR_BYTES;
            UnsafeApi.putLong(descriptor, Mbuf.deviceAddress(mbuf, field) - NET_HEADER);
            UnsafeApi.putLong(descriptor + DESCRIPTOR_LENGTH, (Mbuf.room(mbuf) + NET_HEADER) | FLAG_WRITE);
            UnsafeApi.putLong(mbufs + (long) id * Long.BYTES, mbuf);
            UnsafeApi.putShort(available + RING + (long) at * AVAILABLE_ELEMENT, (short) id);
        }
    }
}
