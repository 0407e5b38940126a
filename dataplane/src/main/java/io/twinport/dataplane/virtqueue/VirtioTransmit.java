package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * Sending by a virtio queue of either format, on the poll thread.
 *
 * <pre>
 *   a frame in one mbuf that is ours alone      one descriptor: the virtio-net header is written before the frame
 *   any other                                   one for a header elsewhere, and one for each segment
 * </pre>
 *
 * Where no offloads have been negotiated headers are zeroes, and those elsewhere are one that all share; see {@link NetHeader}.
 *
 * <p>A frame that has another owner besides may be read by that one, or lie in another device's ring: nothing is written before it.
 */
public final class VirtioTransmit {
    private VirtioTransmit() {}

    /**
     * Gives the device frames to send, as many as there is room for, and frees some that it has sent. A frame that could
     * never be sent, because it has more segments than the ring has slots or no bytes, is taken, freed and counted: nobody
     * could be rid of it otherwise.
     *
     * @param queue address of a started transmit queue
     * @param packets address of an array of mbuf addresses
     * @return how many were taken; of the rest the caller stays the owner. Of a broken queue 0
     */
    public static int transmit(long queue, long packets, int count) {
        return PackedRing.is(queue)
                ? PackedTransmit.transmit(queue, packets, count)
                : SplitTransmit.transmit(queue, packets, count);
    }

    /** Frees all that the device has sent. */
    public static void reap(long queue) {
        if (PackedRing.is(queue)) {
            PackedTransmit.reap(queue);
        } else {
            SplitTransmit.reap(queue);
        }
    }

    /** Whether the device has sent all that it was given; of a broken queue nobody knows. */
    public static boolean isSent(long queue) {
        return PackedRing.is(queue) ? PackedTransmit.isSent(queue) : SplitTransmit.isSent(queue);
    }

    /** How many it has freed because they could never be sent; for the thread that sends. */
    public static long dropped(long queue) {
        return UnsafeApi.getLong(queue + DROPPED);
    }

    static long address(long queue, long segment) {
        return Mbuf.deviceAddress(segment, UnsafeApi.getInt(queue + ADDRESS_FIELD));
    }

    /** Where the device finds the header of a chain. */
    static long header(long queue, long mbuf, int slot) {
        long device = UnsafeApi.getLong(queue + HEADER);
        long headers = UnsafeApi.getLong(queue + HEADERS);
        if (headers == 0) {
            return device;
        }
        long offset = (long) slot * NetHeader.STRIDE;
        NetHeader.write(mbuf, headers + offset);
        return device + offset;
    }

    static int segmentsWithBytes(long mbuf) {
        int n = 0;
        for (long segment = mbuf; segment != 0; segment = Mbuf.next(segment)) {
            n += Mbuf.dataLength(segment) == 0 ? 0 : 1;
        }
        return n;
    }
}
