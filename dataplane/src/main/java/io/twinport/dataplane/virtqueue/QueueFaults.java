package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/** What becomes of a queue, or of a frame, that cannot go on. On the poll thread. */
final class QueueFaults {
    private QueueFaults() {}

    /** The device has said what cannot be: who knows what else it has written. The side is lost, not the process. */
    static void markBroken(long queue) {
        UnsafeApi.putIntVolatile(null, queue + BROKEN, 1);
    }

    /**
     * Frees a frame that is taken and goes nowhere, and counts it.
     *
     * @param packet address of its address
     */
    static void drop(long queue, long packet) {
        UnsafeApi.putLong(queue + DROPPED, UnsafeApi.getLong(queue + DROPPED) + 1);
        Mbuf.free(packet, 1);
    }
}
