package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A queue of a {@link TapInterface}: what is written to it the kernel receives, and what the kernel sends is read from it.
 * The interface vanishes with the last of its queues. When somebody deletes the interface its queues stay, and move nothing
 * more.
 *
 * <p>For one thread, and nothing allocates.
 */
public final class TapQueue implements AutoCloseable {
    private static final short POLLIN = 1;
    private static final short POLLERR = 8;

    /** How long a queue of a deleted interface waits, which is always ready. */
    private static final long GONE_NANOS = 1_000_000;

    private static final MethodHandle READ =
            Posix.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE =
            Posix.function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITEV =
            Posix.function("writev", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle PPOLL =
            Posix.function("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

    private final int descriptor;

    /** The collector's: to close a shared one would stop the poll threads for a moment, which run on beside a new interface. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment state = Posix.newState(arena);
    private final MemorySegment pollDescriptor = arena.allocate(8, 4);
    private final MemorySegment pollTime = arena.allocate(16, 8);

    TapQueue(int descriptor) {
        this.descriptor = descriptor;
        pollDescriptor.set(JAVA_INT, 0, descriptor);
        pollDescriptor.set(JAVA_SHORT, 4, POLLIN);
    }

    int descriptor() {
        return descriptor;
    }

    /**
     * Takes a frame that the kernel sends.
     *
     * @return its length, 0 if there is none
     */
    public int read(long address, int room) {
        try {
            return (int) Math.max(0, (long) READ.invokeExact(state, descriptor, address, (long) room));
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Gives the kernel a frame.
     *
     * @return false if it did not take it: the interface is down, or has been deleted
     */
    public boolean write(long address, int length) {
        try {
            return (long) WRITE.invokeExact(state, descriptor, address, (long) length) == length;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Gives the kernel a frame that lies in pieces.
     *
     * @param pieces address of an array of {@code struct iovec}: an address and a length, in 8 bytes each
     * @return false if it did not take it: the interface is down, or has been deleted
     */
    public boolean writePieces(long pieces, int count) {
        try {
            return (long) WRITEV.invokeExact(state, descriptor, pieces, count) > 0;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Waits until the kernel sends, at most so long; a little longer where the interface has been deleted. */
    public void await(long nanos) {
        pollTime.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        pollTime.set(JAVA_LONG, 8, nanos % 1_000_000_000);
        try {
            int ready = (int) PPOLL.invokeExact(state, pollDescriptor, 1L, pollTime, MemorySegment.NULL);
            if (ready > 0 && (pollDescriptor.get(JAVA_SHORT, 6) & POLLERR) != 0) {
                LockSupport.parkNanos(GONE_NANOS);
            }
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    @Override
    public void close() {
        Posix.close(descriptor);
    }
}
