package io.twinport.control.host.probe;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.twinport.dpdk.MacAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A numbered frame of a probe. One to everybody is a mark: whoever gets it has got all that was sent to him before.
 *
 * <pre>
 *   0             6        12     14      18    22       26
 *  +-------------+--------+------+-------+-----+--------+----------------+
 *  | destination | source | type | magic | run | number | zeroes, to 60  |
 *  +-------------+--------+------+-------+-----+--------+----------------+
 * </pre>
 */
final class ProbeFrame {
    /** For experiments (IEEE 802, local experimental EtherType 2). */
    static final int ETHER_TYPE = 0x88b6;

    static final int BYTES = 60;
    private static final int SOURCE = 6;
    private static final int TYPE = 12;
    private static final int MAGIC = 14;
    private static final int RUN = 18;
    private static final int NUMBER = 22;
    private static final int MAGIC_VALUE = 0x74706d66; // "tpmf"
    private static final byte[] EVERYBODY = {-1, -1, -1, -1, -1, -1};
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private ProbeFrame() {}

    static MemorySegment create(Arena arena, MacAddress destination, MacAddress source, int run) {
        return create(arena, destination.bytes(), source, run);
    }

    /** A mark. */
    static MemorySegment createMark(Arena arena, MacAddress source, int run) {
        return create(arena, EVERYBODY, source, run);
    }

    private static MemorySegment create(Arena arena, byte[] destination, MacAddress source, int run) {
        MemorySegment frame = arena.allocate(BYTES, 8);
        MemorySegment.copy(destination, 0, frame, JAVA_BYTE, 0, destination.length);
        MemorySegment.copy(source.bytes(), 0, frame, JAVA_BYTE, SOURCE, destination.length);
        frame.set(SHORT, TYPE, (short) ETHER_TYPE);
        frame.set(INT, MAGIC, MAGIC_VALUE);
        frame.set(INT, RUN, run);
        return frame;
    }

    static void number(MemorySegment frame, int number) {
        frame.set(INT, NUMBER, number);
    }

    /** Whether it is one of that run. */
    static boolean is(MemorySegment frame, int length, int run) {
        return length >= NUMBER + Integer.BYTES && frame.get(INT, MAGIC) == MAGIC_VALUE && frame.get(INT, RUN) == run;
    }

    static boolean isMark(MemorySegment frame) {
        return frame.get(JAVA_BYTE, 0) == -1;
    }

    static int number(MemorySegment frame) {
        return frame.get(INT, NUMBER);
    }
}
