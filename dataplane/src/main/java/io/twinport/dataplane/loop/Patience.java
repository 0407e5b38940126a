package io.twinport.dataplane.loop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A time limit that runs only while this process does. After a SIGSTOP, or on a machine that was suspended, the clock
 * has moved and nobody has had a chance to do anything: of the time between two questions only a little counts. So ask
 * often. For one thread.
 */
public final class Patience {
    private static final long LONGEST_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private long leftNanos;
    private long lastNanos;

    public Patience(Duration limit) {
        this(limit, System.nanoTime());
    }

    Patience(Duration limit, long nanos) {
        leftNanos = limit.toNanos();
        lastNanos = nanos;
    }

    /** Whether the time is over. */
    public boolean isOver() {
        return isOver(System.nanoTime());
    }

    /** @param nanos the present {@link System#nanoTime} */
    boolean isOver(long nanos) {
        leftNanos -= Math.min(nanos - lastNanos, LONGEST_STEP_NANOS);
        lastNanos = nanos;
        return leftNanos <= 0;
    }
}
