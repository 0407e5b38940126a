package io.twinport.dataplane.capture;

/**
 * Where things are in a flight recording.
 *
 * <pre>
 *  header, 64 bytes         0        4        8          16
 *                          +--------+--------+----------+-------+----
 *                          |version | frames | segments | pid   |        version is written last
 *                          +--------+--------+----------+-------+----
 *  segment, as many as said: a header of 64 bytes, and slots for twice the frames
 *                           0              8              16
 *                          +--------------+--------------+------+----
 *                          | switch       | first after  | port |        switch 0: none yet
 *                          +--------------+--------------+------+----
 *  slot, 128 bytes          0        8       16      20         22     23          24
 *                          +--------+-------+-------+----------+------+-----------+-----------------
 *                          | number | nanos | length| captured | side | direction | first bytes
 *                          +--------+-------+-------+----------+------+-----------+-----------------
 * </pre>
 *
 * Frames are numbered from 1 through all segments. A segment is a ring; when a switch comes it goes on for as many frames
 * as it keeps before, and then the next segment begins, over the oldest. A slot's number is 0 while it is being written.
 */
final class FlightLayout {
    static final int VERSION = 0x7766_0001;

    static final int VERSION_AT = 0;
    static final int FRAMES = 4;
    static final int SEGMENTS_AT = 8;
    static final int PID = 16;
    static final int HEADER = 64;

    static final int SWITCH = 0;
    static final int FIRST_AFTER = 8;
    static final int PORT = 16;
    static final int SEGMENT_HEADER = 64;

    static final int NUMBER = 0;
    static final int NANOS = 8;
    static final int LENGTH = 16;
    static final int CAPTURED = 20;
    static final int SIDE = 22;
    static final int DIRECTION = 23;
    static final int BYTES = 24;
    static final int SLOT = 128;

    /** The most that is kept of a frame: Ethernet, two VLAN tags, IPv6 and TCP with some options. */
    static final int SNAP = SLOT - BYTES;

    /** Switches whose frames are kept. */
    static final int SEGMENTS = 64;

    /** Frames kept before a switch, and as many after it, at most. */
    static final int MOST_FRAMES = 4096;

    private FlightLayout() {}

    static long segmentLength(int frames) {
        return SEGMENT_HEADER + 2L * frames * SLOT;
    }

    static long length(int frames, int segments) {
        return HEADER + segments * segmentLength(frames);
    }
}
