package io.twinport.dpdk;

import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * What a driver has told of faults of one device: counts, and where an upcall makes a fault known at once. A fault is a bit
 * in a word beside the link's state, so that the poll loop, which reads that anyway, takes the link for down.
 *
 * <pre>
 *   0          8          16         24         32         40           48           56
 *  +----------+----------+----------+----------+----------+------------+------------+--------+
 *  | removed  | reset    |recovering|recovered | failed   | event line | fault word | unused |
 *  +----------+----------+----------+----------+----------+------------+------------+--------+
 * </pre>
 */
public final class FaultLine {
    /** Bytes; align to as many. */
    static final int LENGTH = 64;

    /** Bit of the fault word: the device has gone, or its driver has given it up. Stays until the device is started anew. */
    public static final int REMOVED = 1 << 8;

    /** Bit of the fault word: the device has to be reset. Stays until it is started anew. */
    public static final int RESET = 1 << 9;

    /** Bit of the fault word: the driver is mending the device. */
    public static final int RECOVERING = 1 << 10;

    /** All bits that mean a fault; the others are whoever's the word is. */
    public static final int FAULTS = REMOVED | RESET | RECOVERING;

    private static final int REMOVALS = 0;
    private static final int RESETS = 8;
    private static final int RECOVERIES = 16;
    private static final int RECOVERED = 24;
    private static final int FAILURES = 32;
    private static final int EVENTS = 40;
    private static final int WORD = 48;

    private FaultLine() {}

    /** A line without counts, which lives as long as the process: DPDK may call late. */
    public static long allocate() {
        return Arena.global().allocate(LENGTH, LENGTH).address();
    }

    /**
     * Where faults go from now on. Not while events come in.
     *
     * @param events address of an {@link EventLine}, 0 for none
     * @param word address of an {@code int}
     */
    public static void aim(long line, long events, long word) {
        UnsafeApi.putLong(line + EVENTS, events);
        UnsafeApi.putLong(line + WORD, word);
    }

    /** The device has gone, as its driver says; any thread. */
    public static void removed(long line, long nanos) {
        raise(line, REMOVALS, REMOVED, nanos);
    }

    static void failed(long line, long nanos) {
        raise(line, FAILURES, REMOVED, nanos);
    }

    static void reset(long line, long nanos) {
        raise(line, RESETS, RESET, nanos);
    }

    static void recovering(long line, long nanos) {
        raise(line, RECOVERIES, RECOVERING, nanos);
    }

    /** The driver has mended what it was mending. */
    static void recovered(long line, long nanos) {
        UnsafeApi.getAndAddLong(null, line + RECOVERED, 1L);
        long word = UnsafeApi.getLong(line + WORD);
        if (word != 0) {
            UnsafeApi.getAndBitwiseAndInt(null, word, ~RECOVERING);
            edge(line, nanos);
        }
    }

    /** The count comes first: a control thread that sees the bit sees it. */
    private static void raise(long line, int count, int bit, long nanos) {
        UnsafeApi.getAndAddLong(null, line + count, 1L);
        long word = UnsafeApi.getLong(line + WORD);
        if (word != 0) {
            UnsafeApi.getAndBitwiseOrInt(null, word, bit);
            edge(line, nanos);
        }
    }

    private static void edge(long line, long nanos) {
        long events = UnsafeApi.getLong(line + EVENTS);
        if (events != 0) {
            EventLine.edge(events, nanos);
        }
    }

    /** Whether the device has gone, or was given up by its driver. Any thread. */
    public static boolean isRemoved(long line) {
        return (UnsafeApi.getLongVolatile(null, line + REMOVALS) | UnsafeApi.getLongVolatile(null, line + FAILURES))
                != 0;
    }

    /** How often the driver has asked for a reset. Any thread. */
    public static long resets(long line) {
        return UnsafeApi.getLongVolatile(null, line + RESETS);
    }
}
