package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import org.agrona.UnsafeApi;

/** {@link VirtioReceive} by a packed queue: a descriptor for each buffer, taken back where the device has used it. */
final class PackedReceive {
    private PackedReceive() {}

    static int receive(long queue, long packets, int count) {
        int n = UnsafeApi.getInt(queue + BROKEN) == 0 ? take(queue, packets, count) : 0;
        if (n != 0) {
            UnsafeApi.putLong(queue + CHAINS, UnsafeApi.getLong(queue + CHAINS) + n);
        }
        refill(queue);
        return n;
    }

    private static int take(long queue, long packets, int count) {
        long ring = UnsafeApi.getLong(queue + DESCRIPTORS);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        long free = UnsafeApi.getLong(queue + FREE);
        int size = UnsafeApi.getInt(queue + SIZE);
        int mask = size - 1;
        int orderMask = orderMask(queue);
        int buffersMask = UnsafeApi.getInt(queue + BUFFERS_MASK);
        boolean marks = UnsafeApi.getInt(queue + MARKS) != 0;
        int posted = UnsafeApi.getInt(queue + POSTED);
        int taken = UnsafeApi.getInt(queue + TAKEN);
        long bytes = 0;
        int n = 0;
        while (n < count && taken != posted) {
            long word = PackedRing.read(ring, taken, mask);
            if (!PackedRing.isUsed(word, taken, size)) {
                break;
            }
            int at = taken & mask;
            int id = PackedRing.id(word);
            long mbuf = ((id ^ at) & orderMask) == 0 ? VirtioReceive.takeBack(mbufs, free, mask, at, id) : 0;
            if (mbuf == 0) {
                QueueFaults.markBroken(queue);
                break;
            }
            taken++;
            long packet = packets + (long) n * Long.BYTES;
            UnsafeApi.putLong(packet, mbuf);
            int length = (int) word - NET_HEADER;
            if (length >= VirtioReceive.LEAST
                    && length <= Mbuf.room(mbuf)
                    && SpreadFrame.isPlain(Mbuf.data(mbuf), buffersMask)) {
                Mbuf.length(mbuf, length);
                if (marks) {
                    NetHeader.markRight(mbuf);
                }
                bytes += length;
                n++;
                continue;
            }
            int further = gather(queue, taken, posted, mbuf, length);
            if (further >= 0 && VirtioReceive.isWhole(queue, mbuf)) {
                bytes += Mbuf.packetLength(mbuf);
                n++;
            } else {
                QueueFaults.drop(queue, packet);
            }
            if (further < 0) {
                break;
            }
            taken += further;
        }
        UnsafeApi.putInt(queue + TAKEN, taken);
        UnsafeApi.putLong(queue + FRAME_BYTES, UnsafeApi.getLong(queue + FRAME_BYTES) + bytes);
        return n;
    }

    /** Which bits of an id are known beforehand. */
    private static int orderMask(long queue) {
        return PackedRing.isInOrder(queue) ? 0xffff : 0;
    }

    /**
     * Puts a frame together, see {@link SpreadFrame}: the device marks its first buffer as used behind all others.
     *
     * @param taken place of its second descriptor
     * @param mbuf its first mbuf
     * @param length bytes of the frame in it
     * @return how many descriptors it takes beside the first; negative if the queue is broken
     */
    private static int gather(long queue, int taken, int posted, long mbuf, int length) {
        long ring = UnsafeApi.getLong(queue + DESCRIPTORS);
        int size = UnsafeApi.getInt(queue + SIZE);
        int orderMask = orderMask(queue);
        int further = SpreadFrame.count(queue, mbuf, length) - 1;
        boolean sound = SpreadFrame.begin(mbuf, length);
        long last = mbuf;
        if (further > posted - taken) {
            further = -1;
        }
        for (int i = 0; i < further; i++) {
            int at = taken + i & size - 1;
            long word = PackedRing.read(ring, taken + i, size - 1);
            int id = PackedRing.id(word);
            boolean isNext = PackedRing.isUsed(word, taken + i, size) && ((id ^ at) & orderMask) == 0;
            long segment = isNext ? VirtioReceive.takeBack(queue, at, id) : 0;
            if (segment == 0) {
                further = -1;
            } else {
                sound &= SpreadFrame.append(mbuf, last, segment, (int) word);
                last = segment;
            }
        }
        SpreadFrame.end(mbuf, sound);
        if (further < 0) {
            QueueFaults.markBroken(queue);
        }
        return further;
    }

    /** {@link VirtioReceive#refill}. */
    static void refill(long queue) {
        int size = UnsafeApi.getInt(queue + SIZE);
        int batch = UnsafeApi.getInt(queue + BATCH);
        int posted = UnsafeApi.getInt(queue + POSTED);
        int empty = size - (posted - UnsafeApi.getInt(queue + TAKEN));
        if (empty < batch || UnsafeApi.getInt(queue + BROKEN) != 0) {
            return;
        }
        int before = posted;
        long first = 0;
        for (; empty >= batch; empty -= batch) {
            if (MbufAllocator.allocate(queue + ALLOCATOR, queue + SCRATCH, batch) == 0) {
                UnsafeApi.putLong(queue + WITHOUT_MBUF, UnsafeApi.getLong(queue + WITHOUT_MBUF) + 1);
                break;
            }
            long word = post(queue, posted, batch, size, posted == before);
            first = posted == before ? word : first;
            posted += batch;
        }
        if (posted != before) {
            UnsafeApi.putInt(queue + POSTED, posted);
            PackedRing.publish(queue, before, first);
        }
    }

    /**
     * Writes descriptors.
     *
     * @param keepsFirst whether the first is not to be given to the device yet
     * @return what makes the first one the device's
     */
    private static long post(long queue, int posted, int count, int size, boolean keepsFirst) {
        long ring = UnsafeApi.getLong(queue + DESCRIPTORS);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        long free = UnsafeApi.getLong(queue + FREE);
        int field = UnsafeApi.getInt(queue + ADDRESS_FIELD);
        int mask = size - 1;
        long first = 0;
        for (int i = count - 1; i >= 0; i--) {
            int place = posted + i;
            int id = UnsafeApi.getShort(free + (long) (place & mask) * Short.BYTES) & mask;
            long mbuf = UnsafeApi.getLong(queue + SCRATCH + (long) i * Long.BYTES);
            long descriptor = PackedRing.descriptor(ring, place, mask);
            UnsafeApi.putLong(descriptor, Mbuf.deviceAddress(mbuf, field) - NET_HEADER);
            UnsafeApi.putLong(mbufs + (long) id * Long.BYTES, mbuf);
            first = PackedRing.available(place, size, id, (Mbuf.room(mbuf) + NET_HEADER) | PackedRing.WRITE_DESCRIPTOR);
            if (i != 0 || !keepsFirst) {
                UnsafeApi.putLong(descriptor + DESCRIPTOR_LENGTH, first);
            }
        }
        return first;
    }
}
