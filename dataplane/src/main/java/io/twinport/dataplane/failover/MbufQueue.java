package io.twinport.dataplane.failover;

import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * Frames in order, each with an instant: a queue outside of the heap, of one thread. It is bounded by the mbufs in which they
 * lie, for these are what its pool has to spare. Its memory lives as long as the process.
 *
 * <pre>
 *   0      8            8n     8n+8          16n
 *  +------+------+- - -+------+------+- - -+--------+--------+- - -
 *  | mbuf | mbuf |     | nanos| nanos|     |segments|segments|        n slots of each, used in turn
 *  +------+------+- - -+------+------+- - -+--------+--------+- - -
 * </pre>
 */
final class MbufQueue {
    private final int capacity;
    private final long mbufs;
    private final long nanos;
    private final long segments;
    private int head;
    private int size;
    private int held;

    /** @param capacity mbufs that it has room for, a power of two */
    MbufQueue(int capacity) {
        this.capacity = capacity;
        this.mbufs = Arena.global()
                .allocate((2L * Long.BYTES + Integer.BYTES) * capacity, 64)
                .address();
        this.nanos = mbufs + (long) Long.BYTES * capacity;
        this.segments = nanos + (long) Long.BYTES * capacity;
    }

    /** In how many mbufs frames lie. */
    static int mbufsOf(long packets, int count) {
        int n = 0;
        for (int i = 0; i < count; i++) {
            n += Mbuf.segments(UnsafeApi.getLong(packets + (long) i * Long.BYTES));
        }
        return n;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * How many of the oldest have to go so that there is room for so many mbufs. All of them may be too few: one burst finds
     * room in an empty queue in any case, or it would find none for ever.
     */
    int surplus(int more) {
        int over = held + more - capacity;
        int n = 0;
        for (; over > 0 && n < size; n++) {
            over -= segments(n);
        }
        return n;
    }

    /** How many of the first frames there is room for; of an empty queue one at least. */
    int fitting(long packets, int count) {
        int left = capacity - held;
        int n = 0;
        for (; n < count; n++) {
            left -= Mbuf.segments(UnsafeApi.getLong(packets + (long) n * Long.BYTES));
            if (left < 0 && size + n > 0) {
                break;
            }
        }
        return n;
    }

    /** The i-th from the oldest on. */
    long mbuf(int i) {
        return UnsafeApi.getLong(mbufs + slot(i) * Long.BYTES);
    }

    /** When the i-th was put in. */
    long nanos(int i) {
        return UnsafeApi.getLong(nanos + slot(i) * Long.BYTES);
    }

    private int segments(int i) {
        return UnsafeApi.getInt(segments + slot(i) * Integer.BYTES);
    }

    /** Behind the youngest; there must be room. */
    void add(long mbuf, long now) {
        set(size, mbuf, now);
        grow(1);
    }

    /** The i-th, which is not freed yet; one behind the youngest is not in the queue yet. */
    void set(int i, long mbuf, long now) {
        UnsafeApi.putLong(mbufs + slot(i) * Long.BYTES, mbuf);
        UnsafeApi.putLong(nanos + slot(i) * Long.BYTES, now);
        UnsafeApi.putInt(segments + slot(i) * Integer.BYTES, Mbuf.segments(mbuf));
    }

    /** What has been {@link #set} behind the youngest belongs to the queue now. */
    void grow(int count) {
        for (int i = 0; i < count; i++) {
            held += segments(size++);
        }
    }

    /** Only the oldest {@code count} stay, which may have been {@link #set} anew; the mbufs of the others have been seen to. */
    void truncate(int count) {
        size = 0;
        held = 0;
        grow(count);
    }

    /** Takes out the oldest one, which becomes the caller's. */
    long poll() {
        long mbuf = mbuf(0);
        remove(1);
        return mbuf;
    }

    /** Takes out the oldest; their mbufs have been seen to. */
    void remove(int count) {
        for (int i = 0; i < count; i++) {
            held -= segments(i);
        }
        head = head + count & capacity - 1;
        size -= count;
    }

    /** Makes the oldest the youngest. */
    void rotate(int count) {
        for (int i = 0; i < count; i++) {
            long since = nanos(0);
            add(poll(), since);
        }
    }

    /** Writes the oldest mbufs into an array; they stay in the queue. */
    void copy(long array, int count) {
        for (int i = 0; i < count; i++) {
            UnsafeApi.putLong(array + (long) i * Long.BYTES, mbuf(i));
        }
    }

    /** Takes out the oldest and frees them. */
    void free(int count) {
        for (int left = count; left > 0; ) {
            // What lies in one piece of memory.
            int n = Math.min(left, capacity - head);
            Mbuf.free(mbufs + slot(0) * Long.BYTES, n);
            remove(n);
            left -= n;
        }
    }

    /** How many of the oldest are from before an instant. */
    int before(long instant) {
        int n = 0;
        while (n < size && nanos(n) - instant < 0) {
            n++;
        }
        return n;
    }

    private long slot(int i) {
        return head + i & capacity - 1;
    }
}
