package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/**
 * What a packed virtqueue (virtio 1.2, 2.8) has another way than a split one: there is one ring, of descriptors, that the
 * driver writes and the device writes over, and no index. Whose a descriptor is, is said in its flags.
 *
 * <pre>
 *  descriptor     0              8        12      14      16      event areas  0            2       4
 *                +--------------+--------+-------+-------+                    +------------+-------+
 *                |address       |length  |id     |flags  |                    |descriptor  |flags  |
 *                +--------------+--------+-------+-------+                    +------------+-------+
 *
 *  flags, by lap:          even    odd
 *    it is the device's    AVAIL   USED
 *    it is used            both    neither
 * </pre>
 *
 * {@code posted} and {@code taken} of the {@link QueueLayout} count descriptors here, modulo 2^32: an even lap is one in which
 * the bit of the ring's size is not set in them. The elements of {@link QueueLayout#MBUFS} stand at a chain's id, and have how
 * many descriptors beside the first a chain has in the bits above the mbuf's address. {@link QueueLayout#FREE} has the ids of
 * the chains to come; with {@code VIRTIO_F_IN_ORDER} it is never written, and a chain's id is its number.
 *
 * <p>Length, id and flags are read and written as 8 bytes at once, which are never torn: who sees a flag sees what belongs to
 * it. The first descriptor of several is written last: the device looks no further than the first that is not its own.
 */
final class PackedRing {
    // Of QueueLayout.FORMAT.
    static final int SPLIT = 0;
    static final int PACKED = 1;
    static final int PACKED_IN_ORDER = 2;

    /** {@code id} and {@code flags} are written together with the length, as the upper half of 8 bytes. */
    private static final int ID_SHIFT = 32;

    private static final int PACKED_FLAGS_SHIFT = 48;
    static final long NEXT_DESCRIPTOR = 1L << PACKED_FLAGS_SHIFT;
    static final long WRITE_DESCRIPTOR = 2L << PACKED_FLAGS_SHIFT;
    private static final int AVAIL_BIT = PACKED_FLAGS_SHIFT + 7;
    private static final int USED_BIT = PACKED_FLAGS_SHIFT + 15;
    private static final long OWNER = 1L << AVAIL_BIT | 1L << USED_BIT;

    static final int EVENT_FLAGS = 2;

    /** In an area's flags (2.8.14): neither notifications nor interrupts. */
    static final short NO_EVENTS = 1;

    private PackedRing() {}

    /** Whether a queue is one. */
    static boolean is(long queue) {
        return UnsafeApi.getInt(queue + FORMAT) != SPLIT;
    }

    /** Whether its device has agreed to use all in order. */
    static boolean isInOrder(long queue) {
        return UnsafeApi.getInt(queue + FORMAT) == PACKED_IN_ORDER;
    }

    /** Address of the descriptor at a place. */
    static long descriptor(long ring, int place, int mask) {
        return ring + (long) (place & mask) * DESCRIPTOR_BYTES;
    }

    /** Length, id and flags of a descriptor that is the device's from now on. */
    static long available(int place, int size, int id, long lengthAndFlags) {
        return lengthAndFlags | (long) id << ID_SHIFT | 1L << ((place & size) == 0 ? AVAIL_BIT : USED_BIT);
    }

    /** Length, id and flags of the descriptor at a place; the acquire pairs with the device's store of the flags. */
    static long read(long ring, int place, int mask) {
        return UnsafeApi.getLongAcquire(null, descriptor(ring, place, mask) + DESCRIPTOR_LENGTH);
    }

    /** Whether the device has used it. */
    static boolean isUsed(long word, int place, int size) {
        return (word & OWNER) == ((place & size) == 0 ? OWNER : 0);
    }

    /** Whether it is the device's. */
    static boolean isAvailable(long word, int place, int size) {
        return (word & OWNER) == available(place, size, 0, 0);
    }

    /** What a device writes over a descriptor that it has used. */
    static long used(int place, int size, int id, int length) {
        return length & 0xffff_ffffL | (id & 0xffffL) << ID_SHIFT | ((place & size) == 0 ? OWNER : 0);
    }

    static int id(long word) {
        return (int) (word >>> ID_SHIFT) & 0xffff;
    }

    /**
     * Gives the device all descriptors behind one that was kept back, and that one, and wakes the device if it sleeps.
     *
     * @param first place of that one
     * @param word what is to be written there
     */
    static void publish(long queue, int first, long word) {
        int mask = UnsafeApi.getInt(queue + SIZE) - 1;
        // Release: a device that sees it sees those behind it, and the frames.
        UnsafeApi.putLongRelease(
                null, descriptor(UnsafeApi.getLong(queue + DESCRIPTORS), first, mask) + DESCRIPTOR_LENGTH, word);
        wakeSleeping(queue);
    }

    /** As {@link VirtioNotify#publish}: the device sets its flag, then looks at the ring once more. */
    static void wakeSleeping(long queue) {
        UnsafeApi.fullFence();
        if (UnsafeApi.getShort(UnsafeApi.getLong(queue + USED) + EVENT_FLAGS) != NO_EVENTS) {
            VirtioNotify.wake(queue);
        }
    }
}
