package io.twinport.dataplane.policy;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * How long what has failed is left alone before it is tried again: a second after the first failure, and each time twice
 * as long, half a minute at most. For one thread; {@link #end} and what only asks for any.
 */
public final class RetryPause {
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final long first;
    private final long longest;
    private final NanoClock clock;
    private long next;
    private volatile long until;

    public RetryPause() {
        this(SystemNanoClock.INSTANCE);
    }

    RetryPause(NanoClock clock) {
        this(FIRST_NANOS, LONGEST_NANOS, clock);
    }

    RetryPause(long firstNanos, long longestNanos, NanoClock clock) {
        this.first = firstNanos;
        this.longest = longestNanos;
        this.clock = clock;
        this.next = first;
        this.until = clock.nanoTime();
    }

    /** It has failed once more. */
    public void begin() {
        until = clock.nanoTime() + next;
        next = Math.min(2 * next, longest);
    }

    /** It has not failed: the next pause is the shortest. */
    public void reset() {
        next = first;
        end();
    }

    /** The pause at hand is over. */
    public void end() {
        until = clock.nanoTime();
    }

    public boolean isOver() {
        return until - clock.nanoTime() <= 0;
    }

    /** What is left of it, rounded up; 0 when it is over. */
    public int millis() {
        long left = until - clock.nanoTime();
        return left <= 0 ? 0 : (int) TimeUnit.NANOSECONDS.toMillis(left) + 1;
    }
}
