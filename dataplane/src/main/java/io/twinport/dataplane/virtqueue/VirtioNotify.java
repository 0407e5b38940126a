package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/** How the device learns that there is something in a queue. */
final class VirtioNotify {
    private VirtioNotify() {}

    /**
     * Publishes chains that were written, and wakes the device if it sleeps (2.7.13.3 and .4). A wake-up is an exit to the
     * hypervisor; a busy device has told that it wants none.
     *
     * @param posted the count of chains, with the new ones
     */
    static void publish(long queue, int posted) {
        long available = UnsafeApi.getLong(queue + AVAILABLE);
        // Release: a device that sees the new idx sees the chains.
        UnsafeApi.putShortRelease(null, available + RING_IDX, (short) posted);
        // StoreLoad: the device clears its flag, then looks at idx once more; we write idx, then look at the flag.
        // Without a
        // fence both could miss the other's store, and the frames would lie there until the next burst.
        UnsafeApi.fullFence();
        if ((UnsafeApi.getShort(UnsafeApi.getLong(queue + USED) + RING_FLAGS) & NO_NOTIFY) == 0) {
            wake(queue);
        }
    }

    /** An exit to the hypervisor, or a word for the thread that kicks. */
    static void wake(long queue) {
        UnsafeApi.putShortOpaque(null, UnsafeApi.getLong(queue + NOTIFY), (short) UnsafeApi.getInt(queue + INDEX));
    }
}
