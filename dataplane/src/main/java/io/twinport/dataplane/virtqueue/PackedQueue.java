package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/**
 * A packed virtqueue (virtio 1.2, 2.8), see {@link PackedRing}: its areas are the ring, and what the driver and the device
 * say of the events that they want.
 */
public final class PackedQueue extends Virtqueue {
    private static final int EVENT_BYTES = 4;

    /** At the ring's begin, in the first lap: for the device's place and, in the upper half, for what it has used. */
    private static final int BEGIN = 0x8000_8000;

    /** Tries to see a ring that does not change meanwhile; one that does is busy, and what was freed is news enough. */
    private static final int LOOKS = 8;

    private final boolean inOrder;

    /**
     * @param index the device's number of the queue
     * @param size a power of two, {@link #LEAST_SLOTS} to {@link #MOST_SLOTS}
     * @param ownAddresses whether the device is told where frames lie by this process's own addresses
     * @param inOrder whether the device has agreed to use all in the order in which it was given it
     */
    public PackedQueue(int index, int size, boolean ownAddresses, boolean inOrder) {
        super(index, size, ownAddresses, EVENT_BYTES, EVENT_BYTES);
        this.inOrder = inOrder;
    }

    @Override
    public boolean wantsNotifications() {
        return UnsafeApi.getShortVolatile(null, deviceArea() + PackedRing.EVENT_FLAGS) != PackedRing.NO_EVENTS;
    }

    @Override
    public int base() {
        return BEGIN;
    }

    @Override
    void clearAreas() {
        UnsafeApi.putInt(address() + FORMAT, inOrder ? PackedRing.PACKED_IN_ORDER : PackedRing.PACKED);
        UnsafeApi.putShort(driverArea() + PackedRing.EVENT_FLAGS, PackedRing.NO_EVENTS);
    }

    @Override
    void notifyDevice() {
        PackedRing.wakeSleeping(address());
    }

    /** There is no index that says it: what was freed, and what is used of the rest. */
    @Override
    long sent() {
        long freed = UnsafeApi.getLongVolatile(null, address() + FREED);
        long unfreed = 0;
        long before = ~freed;
        for (int i = 0; i < LOOKS && freed != before; i++) {
            before = freed;
            int used = PackedTransmit.unfreed(address(), before);
            freed = UnsafeApi.getLongVolatile(null, address() + FREED);
            unfreed = freed == before ? used : 0;
        }
        // Behind the place that was read, as chains are counted before they are freed.
        long chains = UnsafeApi.getLongVolatile(null, address() + CHAINS);
        return chains - ((chains - (freed >>> 32)) & 0xffff_ffffL) + unfreed;
    }
}
