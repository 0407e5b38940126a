package io.twinport.dataplane.virtqueue;

/** How a virtqueue lies in memory, on which driver and device have agreed. */
public enum QueueFormat {
    /** A descriptor table and two rings (virtio 1.2, 2.7). */
    SPLIT,

    /** One ring, of descriptors that the driver and the device write in turn (2.8). */
    PACKED,

    /** That, by a device that uses all in the order in which it was given it (2.8.7). */
    PACKED_IN_ORDER;

    /**
     * Makes a queue that is to be cleared.
     *
     * @param index the device's number of it
     * @param size slots: a power of two, {@link Virtqueue#LEAST_SLOTS} to {@link Virtqueue#MOST_SLOTS}
     * @param ownAddresses whether the device is told where frames lie by this process's own addresses
     */
    public Virtqueue make(int index, int size, boolean ownAddresses) {
        return this == SPLIT
                ? new SplitQueue(index, size, ownAddresses)
                : new PackedQueue(index, size, ownAddresses, this == PACKED_IN_ORDER);
    }
}
