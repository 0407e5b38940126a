package io.twinport.dpdk;

import java.lang.foreign.MemorySegment;

/**
 * Functions that are called by their address, as the segments that a call wants. Each is made once: a new one for each call
 * costs nothing where the JIT sees through the whole call, but what it sees through differs from start to start, and a poll
 * loop must not allocate in any of them.
 *
 * <p>A hash table with linear probing that only grows. Any thread, without a lock: a segment is immutable, and one that two
 * threads put into the same slot at once is made again by the one whose was lost.
 */
final class FunctionSegments {
    /** Many more than a process has drivers and devices of its own. */
    private static final int SLOTS = 1024;

    /** Functions are aligned to as many bytes. */
    private static final int ALIGNMENT_BITS = 4;

    private static final MemorySegment[] SEGMENTS = new MemorySegment[SLOTS];
    private static int used;

    private FunctionSegments() {}

    /** The segment of the function at an address. */
    static MemorySegment at(long address) {
        int slot = (int) (address >>> ALIGNMENT_BITS) & SLOTS - 1;
        MemorySegment segment = SEGMENTS[slot];
        return segment != null && segment.address() == address ? segment : find(slot, address);
    }

    private static MemorySegment find(int first, long address) {
        int slot = first;
        MemorySegment segment = SEGMENTS[slot];
        while (segment != null && segment.address() != address) {
            slot = slot + 1 & SLOTS - 1;
            segment = SEGMENTS[slot];
        }
        if (segment == null) {
            segment = MemorySegment.ofAddress(address);
            if (used < SLOTS / 2) {
                SEGMENTS[slot] = segment;
                used++;
            }
        }
        return segment;
    }
}
