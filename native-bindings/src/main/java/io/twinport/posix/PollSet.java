package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Descriptors that one thread waits for (poll(2)). They belong to others. */
public final class PollSet {
    /** A place without a descriptor. */
    public static final int NONE = -1;

    private static final int ENTRY_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final short POLLIN = 1;

    private static final MethodHandle POLL =
            Posix.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    /** The collector's: to close a shared arena would stop the poll threads for a moment. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment state = Posix.newState(arena);
    private final MemorySegment entries;
    private final int size;

    /** @param size places, at most 64, all empty */
    public PollSet(int size) {
        this.size = size;
        this.entries = arena.allocate((long) size * ENTRY_BYTES, Integer.BYTES);
        for (int i = 0; i < size; i++) {
            set(i, NONE);
        }
    }

    /** From now on the i-th place has this descriptor, or {@link #NONE}. */
    public void set(int i, int descriptor) {
        entries.set(JAVA_INT, (long) i * ENTRY_BYTES, descriptor);
        entries.set(JAVA_SHORT, (long) i * ENTRY_BYTES + EVENTS, POLLIN);
    }

    /**
     * Waits until there is something to read, or an end.
     *
     * @param limitMillis at most so long
     * @return bit i: at the i-th
     */
    public long await(int limitMillis) {
        try {
            int count = (int) POLL.invokeExact(state, entries, (long) size, limitMillis);
            long ready = 0;
            for (int i = 0; count > 0 && i < size; i++) {
                ready |= entries.get(JAVA_SHORT, (long) i * ENTRY_BYTES + REVENTS) != 0 ? 1L << i : 0;
            }
            return ready;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
