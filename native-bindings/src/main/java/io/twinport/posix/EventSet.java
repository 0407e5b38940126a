package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Eventfds that one thread waits for, so that the kernel's interrupts and other threads can wake it. {@link #signal} is
 * for any thread, and waits for nobody; neither it nor {@link #await} allocates.
 */
public final class EventSet implements AutoCloseable {
    private static final int EFD_NONBLOCK_CLOEXEC = 0x80800;
    private static final int POLLFD_BYTES = 8;
    private static final int REVENTS = 6;
    private static final short POLLIN = 1;

    private static final MethodHandle EVENTFD =
            Posix.function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle POLL =
            Posix.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle READ =
            Posix.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Posix.function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1L);

    /** What {@code errno} is after a signal nobody asks: it fails only where 2^64 are waiting to be read. */
    private static final MemorySegment ANY_STATE = Posix.newState(Arena.global());

    private final int[] descriptors;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Posix.newState(arena);
    private final MemorySegment polled;
    private final MemorySegment count = arena.allocate(JAVA_LONG);

    /** @param size how many, at most 64 */
    public EventSet(int size) {
        descriptors = new int[size];
        polled = arena.allocate((long) size * POLLFD_BYTES, Integer.BYTES);
        for (int i = 0; i < size; i++) {
            descriptors[i] = create(i);
            polled.set(JAVA_INT, (long) i * POLLFD_BYTES, descriptors[i]);
            polled.set(JAVA_SHORT, (long) i * POLLFD_BYTES + Integer.BYTES, POLLIN);
        }
    }

    private int create(int i) {
        try {
            int descriptor = (int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK_CLOEXEC);
            if (descriptor < 0) {
                int errno = Posix.errno(state);
                closeFirst(i);
                throw new PosixException("eventfd()", errno, "are there too many open files (ulimit -n)?");
            }
            return descriptor;
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** The descriptor of the i-th event, for the kernel to signal. */
    public int descriptor(int i) {
        return descriptors[i];
    }

    /** Wakes who waits, by a system call. */
    public void signal(int i) {
        try {
            long ignored = (long) WRITE.invokeExact(ANY_STATE, descriptors[i], ONE, (long) Long.BYTES);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Waits until something is signalled.
     *
     * @param limitMillis at most so long
     * @return bit i: the i-th was, once or several times since it was last returned
     */
    public long await(int limitMillis) {
        long ready = 0;
        try {
            int ignored = (int) POLL.invokeExact(state, polled, (long) descriptors.length, limitMillis);
            if (ignored <= 0) {
                return 0;
            }
            for (int i = 0; i < descriptors.length; i++) {
                if (polled.get(JAVA_SHORT, (long) i * POLLFD_BYTES + REVENTS) != 0) {
                    long read = (long) READ.invokeExact(state, descriptors[i], count, (long) Long.BYTES);
                    ready |= read == Long.BYTES ? 1L << i : 0;
                }
            }
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
        return ready;
    }

    /** Nobody may wait or signal any more. */
    @Override
    public void close() {
        closeFirst(descriptors.length);
    }

    private void closeFirst(int number) {
        for (int i = 0; i < number; i++) {
            Posix.close(descriptors[i]);
        }
        arena.close();
    }
}
