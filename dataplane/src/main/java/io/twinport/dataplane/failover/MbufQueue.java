package io.twinport.dataplane.failover;

import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * Mbufs in order, each with an instant: a bounded queue outside of the heap, of one thread. Its memory lives as long as
 * the process.
 *
 * <pre>
 *   0      8            8n     8n+8
 *  +------+------+- - -+------+------+- - -
 *  | mbuf | mbuf |     | nanos| nanos|        n slots of each, used in turn
 *  +------+------+- - -+------+------+- - -
 * </pre>
 */
final class MbufQueue {
    private final int capacity;
    private final long mbufs;
    private final long nanos;
    private int head;
    private int size;

    /** @param capacity a power of two */
    MbufQueue(int capacity) {
        this.capacity = capacity;
        this.mbufs = Arena.global().allocate(2L * Long.BYTES * capacity, 64).address();
        this.nanos = mbufs + (long) Long.BYTES * capacity;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int room() {
        return capacity - size;
    }

    /** The i-th from the oldest on. */
    long mbuf(int i) {
        return UnsafeApi.getLong(mbufs + slot(i));
    }

    /** When the i-th was put in. */
    long nanos(int i) {
        return UnsafeApi.getLong(nanos + slot(i));
    }

    /** Behind the youngest; there must be room. */
    void add(long mbuf, long now) {
        set(size, mbuf, now);
        size++;
    }

    /** The i-th; one behind the youngest is not in the queue yet. */
    void set(int i, long mbuf, long now) {
        UnsafeApi.putLong(mbufs + slot(i), mbuf);
        UnsafeApi.putLong(nanos + slot(i), now);
    }

    /** What has been {@link #set} behind the youngest belongs to the queue now. */
    void grow(int count) {
        size += count;
    }

    /** Only the oldest {@code count} stay; the mbufs of the others have been seen to. */
    void truncate(int count) {
        size = count;
    }

    /** Takes out the oldest one, which becomes the caller's. */
    long poll() {
        long mbuf = mbuf(0);
        remove(1);
        return mbuf;
    }

    /** Takes out the oldest; their mbufs have been seen to. */
    void remove(int count) {
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
            Mbuf.free(mbufs + slot(0), n);
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
        return (long) (head + i & capacity - 1) * Long.BYTES;
    }
}
