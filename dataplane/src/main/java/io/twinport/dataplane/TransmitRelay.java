package io.twinport.dataplane;

import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * Frames on their way to a transmit queue that another poll loop uses: no two threads may send by one queue of a driver.
 * The loop of the port's queue that has none of its own puts them in; the loop that owns the queue sends them on, straight
 * out of the slots. One writer, one reader, off-heap.
 *
 * <pre>
 *   0                64               128
 *  +----------------+----------------+--------+--------+-----
 *  | put            | sent           | mbuf 0 | mbuf 1 | ...
 *  +----------------+----------------+--------+--------+-----
 * </pre>
 *
 * Both counts only grow; a count modulo the number of slots is a slot. Each is written by one side with a release and
 * read by the other with an acquire: {@code put} publishes the slots, {@code sent} gives them back.
 */
final class TransmitRelay {
    /** As a driver's ring, and far more than the bursts of the passes between two looks of the owner. */
    static final int SLOTS = 512;

    private static final int PUT = 0;
    private static final int SENT = 64;
    private static final int SLOT = 128;

    private TransmitRelay() {}

    /** An empty one, for as long as the arena. */
    static long allocate(Arena arena) {
        return arena.allocate(SLOT + (long) SLOTS * Long.BYTES, SENT - PUT).address();
    }

    /**
     * The writer.
     *
     * @return how many were taken, from the front
     */
    static int put(long relay, long packets, int count) {
        long put = UnsafeApi.getLong(relay + PUT);
        long free = SLOTS - (put - UnsafeApi.getLongAcquire(null, relay + SENT));
        int taken = (int) Math.min(count, free);
        for (int i = 0; i < taken; i++) {
            UnsafeApi.putLong(slot(relay, put + i), UnsafeApi.getLong(packets + (long) i * Long.BYTES));
        }
        UnsafeApi.putLongRelease(null, relay + PUT, put + taken);
        return taken;
    }

    /** The reader: sends what is there by the queue of a line, as far as that takes it. How many were sent. */
    static int forward(long relay, long line) {
        int all = 0;
        int taken;
        int burst;
        do {
            long sent = UnsafeApi.getLong(relay + SENT);
            burst = Math.min(MbufBurst.CAPACITY, side(relay, sent));
            taken = burst == 0 ? 0 : SideLine.transmit(line, slot(relay, sent), burst);
            UnsafeApi.putLongRelease(null, relay + SENT, sent + taken);
            all += taken;
        } while (taken == burst && burst > 0);
        return all;
    }

    /** Frames that wait and lie side by side, from the first one on. */
    private static int side(long relay, long sent) {
        long waiting = UnsafeApi.getLongAcquire(null, relay + PUT) - sent;
        return (int) Math.min(waiting, SLOTS - sent % SLOTS);
    }

    /** Frames that wait in it; any thread. */
    static int size(long relay) {
        // The smaller one first: it can only grow meanwhile.
        long sent = UnsafeApi.getLongAcquire(null, relay + SENT);
        return (int) (UnsafeApi.getLongAcquire(null, relay + PUT) - sent);
    }

    /** The reader, when the queue is no more: frees what is left. How many. */
    static int free(long relay) {
        int all = 0;
        int count;
        do {
            long sent = UnsafeApi.getLong(relay + SENT);
            count = side(relay, sent);
            if (count > 0) {
                Mbuf.free(slot(relay, sent), count);
            }
            UnsafeApi.putLongRelease(null, relay + SENT, sent + count);
            all += count;
        } while (count > 0);
        return all;
    }

    private static long slot(long relay, long count) {
        return relay + SLOT + count % SLOTS * Long.BYTES;
    }
}
