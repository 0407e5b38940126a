package io.twinport.dataplane.line;

import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * Frames of one queue of a port on their way to a {@link SharedQueue}. The loop of the port's queue puts them in; the loop
 * that owns the driver's queue sends them on, straight out of the slots. One writer, one reader, off-heap.
 *
 * <pre>
 *   0                64       72       80       128
 *  +----------------+--------+--------+--------+--------+--------+-----
 *  | put            | sent   | limit  | line   | mbuf 0 | mbuf 1 | ...
 *  +----------------+--------+--------+--------+--------+--------+-----
 * </pre>
 *
 * {@code put} and {@code sent} only grow; a count modulo the number of slots is a slot. Each is written by one side with a
 * release and read by the other with an acquire: {@code put} publishes the slots, {@code sent} gives them back. Up to
 * {@code limit} the reader sends in its present round, whatever is put in meanwhile. {@code line} is the port's queue's.
 */
public final class TransmitRelay {
    /** As a driver's ring, and far more than the bursts of the passes between two looks of the owner. */
    public static final int SLOTS = 512;

    private static final int PUT = 0;
    private static final int SENT = 64;
    private static final int LIMIT = 72;
    private static final int LINE = 80;
    private static final int SLOT = 128;

    private TransmitRelay() {}

    /**
     * An empty one, for as long as the arena.
     *
     * @param line of the port's queue whose frames they are
     */
    public static long allocate(Arena arena, long line) {
        long relay =
                arena.allocate(SLOT + (long) SLOTS * Long.BYTES, SENT - PUT).address();
        UnsafeApi.putLong(relay + LINE, line);
        return relay;
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

    /** The reader begins a round. Returns how many frames wait now: the round sends these at most. */
    static int begin(long relay) {
        long put = UnsafeApi.getLongAcquire(null, relay + PUT);
        UnsafeApi.putLong(relay + LIMIT, put);
        return (int) (put - UnsafeApi.getLong(relay + SENT));
    }

    /** The reader: how many of the present round lie side by side from the first one on, so many at most. */
    static int next(long relay, int most) {
        long sent = UnsafeApi.getLong(relay + SENT);
        long left = UnsafeApi.getLong(relay + LIMIT) - sent;
        return (int) Math.min(Math.min(most, left), SLOTS - sent % SLOTS);
    }

    /**
     * The reader: sends the first ones.
     *
     * @param driver the line of the driver's queue
     * @param count of {@link #next}
     * @return how many were taken
     */
    static int send(long relay, long driver, int count) {
        long sent = UnsafeApi.getLong(relay + SENT);
        int taken = SideLine.transmit(driver, UnsafeApi.getLong(relay + LINE), slot(relay, sent), count);
        UnsafeApi.putLongRelease(null, relay + SENT, sent + taken);
        return taken;
    }

    /** Frames that wait in it; any thread. */
    static int size(long relay) {
        // The smaller one first: it can only grow meanwhile.
        long sent = UnsafeApi.getLongAcquire(null, relay + SENT);
        return (int) (UnsafeApi.getLongAcquire(null, relay + PUT) - sent);
    }

    /** The reader, when nobody puts anything in any more: frees what is left. How many. */
    static int free(long relay) {
        int all = begin(relay);
        for (int count; (count = next(relay, all)) > 0; ) {
            long sent = UnsafeApi.getLong(relay + SENT);
            Mbuf.free(slot(relay, sent), count);
            UnsafeApi.putLongRelease(null, relay + SENT, sent + count);
        }
        return all;
    }

    private static long slot(long relay, long count) {
        return relay + SLOT + count % SLOTS * Long.BYTES;
    }
}
