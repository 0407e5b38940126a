package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * {@link VirtioTransmit} by a packed queue. A frame takes as many descriptors as there, in places that follow one another;
 * they are free again when the device has used the chain, whichever it was.
 */
final class PackedTransmit {
    private static final int SLOTS_SHIFT = 48;

    private PackedTransmit() {}

    static int transmit(long queue, long packets, int count) {
        int size = UnsafeApi.getInt(queue + SIZE);
        int first = UnsafeApi.getInt(queue + POSTED);
        reclaim(queue, first, count, size);
        if (UnsafeApi.getInt(queue + BROKEN) != 0) {
            return 0;
        }
        long ring = UnsafeApi.getLong(queue + DESCRIPTORS);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        long free = UnsafeApi.getLong(queue + FREE);
        long chains = UnsafeApi.getLong(queue + CHAINS);
        boolean offloads = UnsafeApi.getLong(queue + HEADERS) != 0;
        int mask = size - 1;
        int end = end(queue, size);
        int posted = first;
        long firstWord = 0;
        long bytes = 0;
        int n = 0;
        for (; n < count; n++) {
            long mbuf = UnsafeApi.getLong(packets + (long) n * Long.BYTES);
            int id = UnsafeApi.getShort(free + (chains & mask) * Short.BYTES) & mask;
            int length = Mbuf.dataLength(mbuf);
            int slots = 1;
            long address;
            long lengthAndFlags;
            if (length != 0 && Mbuf.isOursToPrepend(mbuf, NET_HEADER)) {
                if (posted == end) {
                    break;
                }
                long header = Mbuf.data(mbuf) - NET_HEADER;
                if (offloads) {
                    NetHeader.write(mbuf, header);
                } else {
                    NetHeader.clear(header);
                }
                address = VirtioTransmit.address(queue, mbuf) - NET_HEADER;
                lengthAndFlags = length + NET_HEADER;
                bytes += length;
            } else {
                slots = 1 + VirtioTransmit.segmentsWithBytes(mbuf);
                if (slots == 1 || slots > size) {
                    QueueFaults.drop(queue, packets + (long) n * Long.BYTES);
                    continue;
                }
                if (slots > end - posted) {
                    // Frames that are sent may have them still: fewer than a batch, which nothing else would free.
                    reap(queue);
                    end = end(queue, size);
                    if (slots > end - posted) {
                        break;
                    }
                }
                writeSegments(queue, mbuf, posted + 1, posted + slots, id);
                address = VirtioTransmit.header(queue, mbuf, id);
                lengthAndFlags = NET_HEADER | PackedRing.NEXT_DESCRIPTOR;
                bytes += Mbuf.packetLength(mbuf);
            }
            long descriptor = PackedRing.descriptor(ring, posted, mask);
            long word = PackedRing.available(posted, size, id, lengthAndFlags);
            UnsafeApi.putLong(descriptor, address);
            if (posted == first) {
                firstWord = word;
            } else {
                UnsafeApi.putLong(descriptor + DESCRIPTOR_LENGTH, word);
            }
            UnsafeApi.putLong(mbufs + (long) id * Long.BYTES, mbuf | (long) (slots - 1) << SLOTS_SHIFT);
            posted += slots;
            chains++;
        }
        if (posted != first) {
            UnsafeApi.putInt(queue + POSTED, posted);
            // Before it is published: who sees that a chain is done sees it counted.
            UnsafeApi.putLong(queue + CHAINS, chains);
            UnsafeApi.putLong(queue + FRAME_BYTES, UnsafeApi.getLong(queue + FRAME_BYTES) + bytes);
            PackedRing.publish(queue, first, firstWord);
        }
        return n;
    }

    /** The place behind the last one that is free. */
    private static int end(long queue, int size) {
        return (int) UnsafeApi.getLong(queue + FREED) + size;
    }

    /** A segment without bytes is left out, as in a split queue. */
    private static void writeSegments(long queue, long mbuf, int from, int to, int id) {
        long ring = UnsafeApi.getLong(queue + DESCRIPTORS);
        int size = UnsafeApi.getInt(queue + SIZE);
        long segment = mbuf;
        for (int place = from; place != to; segment = Mbuf.next(segment)) {
            int length = Mbuf.dataLength(segment);
            if (length != 0) {
                long flags = place == to - 1 ? 0 : PackedRing.NEXT_DESCRIPTOR;
                long descriptor = PackedRing.descriptor(ring, place, size - 1);
                UnsafeApi.putLong(descriptor, VirtioTransmit.address(queue, segment));
                UnsafeApi.putLong(
                        descriptor + DESCRIPTOR_LENGTH, PackedRing.available(place, size, id, length | flags));
                place++;
            }
        }
    }

    /** {@link VirtioTransmit#reap}. */
    static void reap(long queue) {
        free(queue, Integer.MAX_VALUE);
    }

    /** {@link VirtioTransmit#isSent}. */
    static boolean isSent(long queue) {
        reap(queue);
        return UnsafeApi.getInt(queue + BROKEN) == 0
                && UnsafeApi.getInt(queue + POSTED) == (int) UnsafeApi.getLong(queue + FREED);
    }

    /** Frees what was sent as soon as there may be a batch of it, and earlier where the ring has no room. */
    private static void reclaim(long queue, int posted, int count, int size) {
        int given = posted - (int) UnsafeApi.getLong(queue + FREED);
        int batch = UnsafeApi.getInt(queue + BATCH);
        if (given >= batch || given + count > size) {
            free(queue, count + batch);
        }
    }

    /**
     * Frees chains that the device has sent, in the order in which it says so, until it has sent no more or so many are free.
     * In order it may name the last of a run only (2.8.7): that is then freed as a whole.
     */
    private static void free(long queue, int most) {
        if (UnsafeApi.getInt(queue + BROKEN) != 0) {
            return;
        }
        long ring = UnsafeApi.getLong(queue + DESCRIPTORS);
        long free = UnsafeApi.getLong(queue + FREE);
        int size = UnsafeApi.getInt(queue + SIZE);
        int mask = size - 1;
        boolean inOrder = PackedRing.isInOrder(queue);
        int posted = UnsafeApi.getInt(queue + POSTED);
        int chains = (int) UnsafeApi.getLong(queue + CHAINS);
        int place = (int) UnsafeApi.getLong(queue + FREED);
        int first = chain(UnsafeApi.getLong(queue + FREED));
        int chain = first;
        int held = 0;
        while (place != posted && chain - first < most) {
            long word = PackedRing.read(ring, place, mask);
            if (!PackedRing.isUsed(word, place, size)) {
                break;
            }
            int id = PackedRing.id(word);
            int run = inOrder ? (id - chain & mask) + 1 : 1;
            if (id > mask || run > chains - chain) {
                QueueFaults.markBroken(queue);
                break;
            }
            for (int i = 0; i < run; i++) {
                if (!inOrder) {
                    UnsafeApi.putShort(free + (long) (chain & mask) * Short.BYTES, (short) id);
                }
                int slots = takeBack(queue, inOrder ? chain & mask : id, queue + SCRATCH + (long) held * Long.BYTES);
                if (slots == 0) {
                    QueueFaults.markBroken(queue);
                    most = 0;
                    break;
                }
                place += slots;
                chain++;
                if (++held == LARGEST_BATCH) {
                    Mbuf.free(queue + SCRATCH, held);
                    held = 0;
                }
            }
        }
        Mbuf.free(queue + SCRATCH, held);
        UnsafeApi.putLongRelease(null, queue + FREED, (long) chain << 32 | place & 0xffff_ffffL);
    }

    private static int chain(long freed) {
        return (int) (freed >>> 32);
    }

    /**
     * The mbuf of a chain that was sent.
     *
     * @param to where its address goes
     * @return how many descriptors the chain had; 0 if the device has none of that id
     */
    private static int takeBack(long queue, int id, long to) {
        long at = UnsafeApi.getLong(queue + MBUFS) + (long) id * Long.BYTES;
        long mbuf = UnsafeApi.getLong(at);
        if (mbuf == 0) {
            return 0;
        }
        UnsafeApi.putLong(to, mbuf & MBUF_MASK);
        UnsafeApi.putLong(at, 0L);
        return slots(mbuf);
    }

    private static int slots(long element) {
        return (int) (element >>> SLOTS_SHIFT) + 1;
    }

    /**
     * Chains that the device has sent and that were not freed, as another thread than the loop's may see it: it is right if
     * {@link QueueLayout#FREED} is the same then.
     *
     * @param freed what that was before
     */
    static int unfreed(long queue, long freed) {
        long ring = UnsafeApi.getLong(queue + DESCRIPTORS);
        long mbufs = UnsafeApi.getLong(queue + MBUFS);
        int size = UnsafeApi.getInt(queue + SIZE);
        int mask = size - 1;
        int posted = UnsafeApi.getIntVolatile(null, queue + POSTED);
        int place = (int) freed;
        int chains = 0;
        while (place != posted && chains < size) {
            long word = PackedRing.read(ring, place, mask);
            if (!PackedRing.isUsed(word, place, size)) {
                break;
            }
            int id = PackedRing.id(word) & mask;
            int next = chain(freed) + chains;
            int run = PackedRing.isInOrder(queue) ? (id - next & mask) + 1 : 1;
            for (int i = 0; i < run; i++) {
                int at = PackedRing.isInOrder(queue) ? next + i & mask : id;
                place += slots(UnsafeApi.getLongVolatile(null, mbufs + (long) at * Long.BYTES));
            }
            chains += run;
        }
        // A device may write anything.
        return Math.min(chains, (int) UnsafeApi.getLongVolatile(null, queue + CHAINS) - chain(freed));
    }
}
