package io.twinport.dataplane.line;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.UnsafeApi;

/**
 * Cache lines for the states of jcstress, which makes them by the million: these are used again, long after the state that
 * had one before is done with.
 */
public final class StressLines {
    private static final int LENGTH = 128;
    private static final int LINES = 1 << 17;
    private static final long FIRST =
            Arena.global().allocate((long) LENGTH * LINES, LENGTH).address();
    private static final AtomicInteger NEXT = new AtomicInteger();

    private StressLines() {}

    /** Address of a line of zeros. */
    public static long take() {
        long line = FIRST + (long) (NEXT.getAndIncrement() & LINES - 1) * LENGTH;
        UnsafeApi.setMemory(line, LENGTH, (byte) 0);
        return line;
    }
}
