package io.twinport.dpdk.testing;

import io.twinport.dpdk.Abi;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * Numbered frames whose every byte is known, so that a test can tell a frame that arrived from one that was mangled.
 *
 * <pre>
 *   0                       6         12       14     16        24
 *  +-----------------------+---------+--------+------+---------+-----------------------------
 *  | broadcast, or unicast | source  | 0x88b5 |  0   | number  | number, number + 1, ...
 *  +-----------------------+---------+--------+------+---------+-----------------------------
 * </pre>
 */
public final class Frames {
    /** The shortest Ethernet frame, without its checksum. */
    public static final int SHORTEST = 60;

    /** In a frame's number: it is sent to one receiver, {@code 02:00:00:00:00:01}. */
    public static final long UNICAST = 1L << 48;

    private static final int NUMBER = 16;
    private static final int FILL = 24;
    private static final byte[] HEADER = {-1, -1, -1, -1, -1, -1, 2, 0, 0, 0, 0, 9, (byte) 0x88, (byte) 0xb5, 0, 0};

    private static final byte[] UNICAST_HEADER = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, (byte) 0x88, (byte) 0xb5, 0, 0};

    private Frames() {}

    /** Appends a frame of one segment to another of any number: its mbuf belongs to that now. */
    public static void append(long mbuf, long segment) {
        long last = mbuf;
        while (Mbuf.next(last) != 0) {
            last = Mbuf.next(last);
        }
        // Not constants of this class: tests make their arrays before EAL is started, and with that the layouts known.
        UnsafeApi.putLong(last + Abi.offset("rte_mbuf", "next"), segment);
        UnsafeApi.putShort(mbuf + Abi.offset("rte_mbuf", "nb_segs"), (short) (Mbuf.segments(mbuf) + 1));
        UnsafeApi.putInt(mbuf + Abi.offset("rte_mbuf", "pkt_len"), Mbuf.packetLength(mbuf) + Mbuf.dataLength(segment));
    }

    private static byte[] header(long number) {
        return (number & UNICAST) != 0 ? UNICAST_HEADER : HEADER;
    }

    /** An array for so many mbuf addresses, which lives as long as the process. */
    public static long array(int count) {
        return Arena.global().allocate((long) count * Long.BYTES, 64).address();
    }

    /** The i-th mbuf of an array. */
    public static long get(long array, int i) {
        return UnsafeApi.getLong(array + (long) i * Long.BYTES);
    }

    /** The array's part from its i-th mbuf on. */
    public static long from(long array, int i) {
        return array + (long) i * Long.BYTES;
    }

    /** Allocates shortest frames, numbered from {@code first} on; the pool must have as many. */
    public static void allocate(MbufAllocator allocator, long array, int count, long first) {
        if (allocator.allocate(array, count) != count) {
            throw new AssertionError("the pool has not " + count + " mbufs");
        }
        for (int i = 0; i < count; i++) {
            write(get(array, i), first + i, SHORTEST);
        }
    }

    /** Writes a frame into an empty mbuf. */
    public static void write(long mbuf, long number, int length) {
        long frame = Mbuf.data(mbuf);
        byte[] header = header(number);
        for (int i = 0; i < header.length; i++) {
            UnsafeApi.putByte(frame + i, header[i]);
        }
        UnsafeApi.putLong(frame + NUMBER, number);
        for (int i = FILL; i < length; i++) {
            UnsafeApi.putByte(frame + i, (byte) (number + i));
        }
        Mbuf.length(mbuf, length);
    }

    /** The number of a frame, once each of its bytes has been found right. */
    public static long numberOf(long mbuf) {
        long frame = Mbuf.data(mbuf);
        long number = UnsafeApi.getLong(frame + NUMBER);
        byte[] header = header(number);
        for (int i = 0; i < header.length; i++) {
            check(mbuf, i, UnsafeApi.getByte(frame + i) == header[i]);
        }
        for (int i = FILL; i < Mbuf.dataLength(mbuf); i++) {
            check(mbuf, i, UnsafeApi.getByte(frame + i) == (byte) (number + i));
        }
        return number;
    }

    private static void check(long mbuf, int at, boolean right) {
        if (!right) {
            throw new AssertionError("byte " + at + " of a frame of " + Mbuf.dataLength(mbuf) + " bytes is wrong");
        }
    }
}
