package io.twinport.dpdk;

import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * What event threads tell a poll loop: a cache line with a count of edges, and the instant of the first edge that the
 * loop has not yet taken. It carries no state (U1); the loop reads the link word when the count has moved.
 *
 * <pre>
 *   0               8               16
 *  +---------------+---------------+-------------------------+
 *  |  edge count   | event nanos   |        unused           |
 *  +---------------+---------------+-------------------------+
 * </pre>
 */
public final class EventLine {
    /** Bytes; align to as many. */
    public static final int LENGTH = 64;

    private static final int EDGES = 0;
    private static final int EVENT_NANOS = 8;

    private EventLine() {}

    /** A line without edges, which lives as long as the process: DPDK may call late. */
    public static long allocate() {
        return Arena.global().allocate(LENGTH, LENGTH).address();
    }

    /**
     * Records an edge; any thread.
     *
     * @param nanos {@link System#nanoTime} at the entry of the callback
     */
    public static void edge(long line, long nanos) {
        UnsafeApi.compareAndSetLong(null, line + EVENT_NANOS, 0L, nanos);
        // Release: who sees the new count (edges(), acquire) sees the instant, and the link word that the driver wrote.
        UnsafeApi.getAndAddLongRelease(null, line + EDGES, 1L);
    }

    /** The number of edges so far; the loop compares it with what it saw last. */
    public static long edges(long line) {
        return UnsafeApi.getLongAcquire(null, line + EDGES);
    }

    /** The instant of the first edge since the last call, 0 if there was none; the poll loop only. */
    public static long takeEventNanos(long line) {
        return UnsafeApi.getAndSetLong(null, line + EVENT_NANOS, 0L);
    }
}
