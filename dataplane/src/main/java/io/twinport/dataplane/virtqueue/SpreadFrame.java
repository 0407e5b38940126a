package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * A received frame in as many buffers as its header says ({@code VIRTIO_NET_F_MRG_RXBUF}), in elements of the used ring that
 * follow one another. Each becomes a segment of one mbuf chain. On the poll thread.
 *
 * <pre>
 *                 first                    further ones
 *   +------------+--------+-------+       +------------+----------------+
 *   | headroom   | header | frame |  -&gt;   | headroom   | frame goes on  |  -&gt;  ...
 *   +------------+--------+-------+       +------------+----------------+
 *                         ^ data                       ^ data
 * </pre>
 *
 * The device uses all buffers of a frame together (5.1.6.4.1): it moves the used ring's index behind the last of them, so
 * who sees the first one sees all. A frame of which some are missing does not come to be whole by waiting, and would keep all
 * behind it from being received: the device has broken the queue.
 */
final class SpreadFrame {
    /** A packet of IP's, and before it an Ethernet header with two tags. */
    static final int LONGEST = 0xffff + VirtioReceive.LEAST + 8;

    private SpreadFrame() {}

    /**
     * Whether a frame lies in one buffer and is finished: by the header before it, in one comparison.
     *
     * @param buffersMask the queue's {@link QueueLayout#BUFFERS_MASK}
     */
    static boolean isPlain(long frame, int buffersMask) {
        return (PartialChecksum.work(frame) | (buffers(frame) ^ 1) & buffersMask) == 0;
    }

    private static int buffers(long frame) {
        return UnsafeApi.getShort(frame - NET_HEADER + NUM_BUFFERS);
    }

    /**
     * Puts a frame together. One that is malformed has a length of 0 then, and is to be freed.
     *
     * @param taken the number of its first element
     * @param filled elements that are used, from that one on
     * @param mbuf what that one names, which is taken back already
     * @param length bytes of the frame in it
     * @return how many elements it takes; 0 if the queue is broken
     */
    static int gather(long queue, long used, int taken, int filled, long mbuf, int length) {
        int buffers = count(queue, mbuf, length);
        if (buffers == 0 || buffers > filled) {
            QueueFaults.markBroken(queue);
            return 0;
        }
        boolean sound = begin(mbuf, length);
        long last = mbuf;
        for (int i = 1; i < buffers; i++) {
            int at = taken + i & UnsafeApi.getInt(queue + SIZE) - 1;
            long element = UnsafeApi.getLong(used + RING + (long) at * USED_ELEMENT);
            long segment = VirtioReceive.takeBack(queue, at, (int) element);
            if (segment == 0) {
                QueueFaults.markBroken(queue);
                return 0;
            }
            sound &= append(mbuf, last, segment, (int) (element >>> 32));
            last = segment;
        }
        end(mbuf, sound);
        return buffers;
    }

    /**
     * In how many buffers a frame lies.
     *
     * @param length bytes of it in the first; where there is no whole header nothing is said in it
     */
    static int count(long queue, long mbuf, int length) {
        int mask = length >= 0 ? UnsafeApi.getInt(queue + BUFFERS_MASK) : 0;
        return mask == 0 ? 1 : buffers(Mbuf.data(mbuf)) & mask;
    }

    /** A frame's first mbuf; whether it can be that. */
    static boolean begin(long mbuf, int length) {
        boolean sound = length >= VirtioReceive.LEAST && length <= Mbuf.room(mbuf);
        Mbuf.length(mbuf, sound ? length : 0);
        return sound;
    }

    /** A further one, behind the last; whether it can be that. */
    static boolean append(long mbuf, long last, long segment, int bytes) {
        Mbuf.widen(segment, NET_HEADER);
        boolean fits = bytes > 0 && bytes <= Mbuf.room(segment);
        Mbuf.append(mbuf, last, segment, fits ? bytes : 0);
        return fits && Mbuf.packetLength(mbuf) <= LONGEST;
    }

    /** One of which a part could not be has no length. */
    static void end(long mbuf, boolean sound) {
        if (!sound) {
            Mbuf.length(mbuf, 0);
        }
    }
}
