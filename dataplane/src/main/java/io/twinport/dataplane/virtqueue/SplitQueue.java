package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/** A split virtqueue (virtio 1.2, 2.7): its areas are the descriptor table, the available ring and the used ring. */
public final class SplitQueue extends Virtqueue {
    /**
     * @param index the device's number of the queue
     * @param size a power of two (2.7), {@link #LEAST_SLOTS} to {@link #MOST_SLOTS}
     * @param ownAddresses whether the device is told where frames lie by this process's own addresses
     */
    public SplitQueue(int index, int size, boolean ownAddresses) {
        super(
                index,
                size,
                ownAddresses,
                RING + size * AVAILABLE_ELEMENT + Short.BYTES,
                RING + size * USED_ELEMENT + Short.BYTES);
    }

    @Override
    public boolean wantsNotifications() {
        return (UnsafeApi.getShortVolatile(null, deviceArea() + RING_FLAGS) & NO_NOTIFY) == 0;
    }

    @Override
    public int base() {
        return 0;
    }

    @Override
    void clearAreas() {
        UnsafeApi.putShort(driverArea() + RING_FLAGS, NO_INTERRUPT);
    }

    @Override
    void notifyDevice() {
        VirtioNotify.publish(address(), UnsafeApi.getInt(address() + POSTED));
    }

    @Override
    long sent() {
        // The index first: chains are counted before they are published, so the count is never behind the device.
        int idx = UnsafeApi.getShortAcquire(null, deviceArea() + RING_IDX);
        long chains = UnsafeApi.getLongVolatile(null, address() + CHAINS);
        // A device may write any index, and 16 bits are few for a thread that has just lost its CPU.
        return Math.max(0, chains - ((chains - idx) & 0xffff));
    }
}
