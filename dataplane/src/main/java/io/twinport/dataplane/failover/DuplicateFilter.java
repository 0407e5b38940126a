package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;
import java.time.Duration;

/**
 * Tells copies of one frame that come by both sides from equal frames that come by one (U8): the k-th copy on one side
 * cancels only the k-th copy on the other. Ethernet frames carry no sequence number as those of PRP and HSR do, and equal
 * frames on one side are real (TCP's duplicate ACKs), so it counts: it remembers each frame that was delivered and whose copy
 * has not come by the other side yet. A copy takes the oldest such frame out and is dropped; any other frame is delivered and
 * put in.
 *
 * <pre>
 *   a set of 32 slots, chosen by the key; any slot of the set may have any frame of it
 *  +-----------------------+-----------------------+----
 *  | key, lowest bit: side | when it was delivered | ...    0: free
 *  +-----------------------+-----------------------+----
 * </pre>
 *
 * A look costs 32 comparisons of 4 cache lines. Where a set is full its oldest frame is forgotten and counted: the copy of
 * that one will be delivered too. In doubt a frame comes twice, and is never lost.
 *
 * <p>Belongs to one poll loop. Copies must come to one filter: it may serve several queues of a port, if one loop polls them.
 */
final class DuplicateFilter {
    /**
     * Within that time both copies of a frame come: longer than the look-back and than what two paths through one host
     * differ by, shorter than the time after which TCP repeats a segment.
     */
    static final Duration PAIRING = Duration.ofMillis(20);

    private static final long PAIRING_NANOS = PAIRING.toNanos();
    private static final int SETS = 256;
    private static final int WAYS = 32;
    private static final long FREE = 0;
    private static final int NOWHERE = -1;

    private final long[] keys = new long[SETS * WAYS];
    private final long[] times = new long[SETS * WAYS];
    private final PortTotals totals;

    DuplicateFilter(PortTotals totals) {
        this.totals = totals;
    }

    /**
     * Whether a frame is to be delivered; if so its copy by the other side is not.
     *
     * @param key of {@link FrameKey}, not {@code NONE}
     * @param side by which it has come
     */
    boolean passes(long key, int side, long now) {
        if (isCopy(key, side, now)) {
            return false;
        }
        int slot = slotFor(key, now);
        keys[slot] = tagged(key, side);
        times[slot] = now;
        return true;
    }

    /** Whether the frame's copy by the other side has been delivered; that copy is then dealt with. */
    boolean isCopy(long key, int side, long now) {
        long wanted = tagged(key, Sides.other(side));
        int first = set(key);
        int oldest = NOWHERE;
        for (int i = first; i < first + WAYS; i++) {
            if (keys[i] == wanted && isPairable(i, now) && (oldest == NOWHERE || times[i] - times[oldest] < 0)) {
                oldest = i;
            }
        }
        if (oldest == NOWHERE) {
            return false;
        }
        keys[oldest] = FREE;
        return true;
    }

    private int slotFor(long key, long now) {
        int first = set(key);
        int oldest = first;
        for (int i = first; i < first + WAYS; i++) {
            if (keys[i] == FREE || !isPairable(i, now)) {
                return i;
            }
            if (times[i] - times[oldest] < 0) {
                oldest = i;
            }
        }
        totals.forgotten++;
        return oldest;
    }

    private boolean isPairable(int slot, long now) {
        return now - times[slot] <= PAIRING_NANOS;
    }

    private static int set(long key) {
        return (int) (key >>> 1 & SETS - 1) * WAYS;
    }

    private static long tagged(long key, int side) {
        return key & ~1L | (side == Sides.PRIMARY ? 0 : 1);
    }
}
