package io.twinport.dataplane.failover;

import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * The last frames that an idle side has received, oldest first, each with an instant before which it did not arrive. Belongs
 * to one poll loop, and owns the mbufs that it holds.
 */
final class LookBack {
    /** A power of two. Of more frames than that the latest are held; a pool of thousands of mbufs can spare them. */
    static final int CAPACITY = 512;

    private static final int MASK = CAPACITY - 1;

    private final long mbufs =
            Arena.global().allocate((long) CAPACITY * Long.BYTES, Long.BYTES).address();
    private final long[] since = new long[CAPACITY];
    private int first;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == CAPACITY;
    }

    /** Takes an mbuf; not while it {@link #isFull}. Instants never go back. */
    void add(long mbuf, long notBefore) {
        int slot = first + count & MASK;
        UnsafeApi.putLong(mbufs + (long) slot * Long.BYTES, mbuf);
        since[slot] = notBefore;
        count++;
    }

    /** How many of the frames may be older than {@code oldest}. */
    int olderThan(long oldest) {
        int older = 0;
        while (older < count && since[first + older & MASK] - oldest < 0) {
            older++;
        }
        return older;
    }

    /** The i-th oldest frame. */
    long get(int i) {
        return UnsafeApi.getLong(mbufs + (long) (first + i & MASK) * Long.BYTES);
    }

    /** Gives the oldest frame away; not while it {@link #isEmpty}. */
    long poll() {
        long mbuf = get(0);
        first = first + 1 & MASK;
        count--;
        return mbuf;
    }

    /** Frees the oldest frames. */
    void free(int oldest) {
        int toEnd = Math.min(oldest, CAPACITY - first);
        if (toEnd > 0) {
            Mbuf.free(mbufs + (long) first * Long.BYTES, toEnd);
            Mbuf.free(mbufs, oldest - toEnd);
            first = first + oldest & MASK;
            count -= oldest;
        }
    }

    int count() {
        return count;
    }
}
