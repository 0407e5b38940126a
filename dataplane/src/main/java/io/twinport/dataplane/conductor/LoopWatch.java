package io.twinport.dataplane.conductor;

import io.twinport.dataplane.loop.Epoch;
import io.twinport.dataplane.loop.PollLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * Notices when a poll loop does not turn: its CPU is taken by something else, its handler waits.
 * Counted in {@code twinport.cnc}: {@code loop poll stalls}, {@code stalled_ns} and {@code longest_stall_ns}.
 *
 * <p>A control thread looks every few milliseconds whether the loop has finished a pass since it last looked. So the loop
 * pays nothing (it publishes its passes anyway), and one that hangs is seen while it hangs. The loop's own clock readings
 * would see shorter stalls; but it cannot afford one for each pass, and many passes of a slow handler are no stall. What a
 * pass takes below that, {@code twinport bench stall} measures.
 *
 * <p>A time is that between two looks, both within the same pass: at least so long, and less than two periods of looking
 * longer. A thread that is late to look misses a stall (of a process that was stopped as a whole, as a rule); it never makes one up.
 */
public final class LoopWatch {
    /** What is shorter is no stall, and mostly not seen: a control thread looks every 5 ms. */
    static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final PollLoop loop;
    private final NanoClock clock;
    private final AtomicCounter stalls;
    private final AtomicCounter stalled;
    private final AtomicCounter longest;
    private volatile LongConsumer listener = nanos -> {};

    /** Passes at the last look, and the instant since which there has been none. */
    private long passes;

    private long since;

    /** Of the stall at hand, as far as it is counted; 0 if there is none. */
    private long counted;

    /** @param counters in which it counts, by the loop's name */
    public LoopWatch(PollLoop loop, CountersManager counters) {
        this(loop, counters, SystemNanoClock.INSTANCE);
    }

    LoopWatch(PollLoop loop, CountersManager counters, NanoClock clock) {
        this.loop = loop;
        this.clock = clock;
        String prefix = "loop " + loop.roleName() + " ";
        this.stalls = counters.newCounter(prefix + "stalls");
        this.stalled = counters.newCounter(prefix + "stalled_ns");
        this.longest = counters.newCounter(prefix + "longest_stall_ns");
    }

    /**
     * From now on told of each stall, when it is over.
     *
     * @param told gets nanoseconds, on the thread that looks
     */
    public void setListener(LongConsumer told) {
        listener = told;
    }

    /** Looks; one control thread, every few milliseconds. */
    public void look() {
        // Before and after it: if this thread is held up in between, the time is too short, not too long.
        long before = clock.nanoTime();
        long now = loop.epoch().passes();
        if (now != passes) {
            passes = now;
            since = clock.nanoTime();
            end();
        } else if (now != 0 && now != Epoch.ENDED && before - since >= LEAST_NANOS) {
            count(before - since);
        }
    }

    /** It has not passed by now; one that has not begun to, or has ended, is not looked at. */
    private void count(long nanos) {
        if (counted == 0) {
            stalls.incrementRelease();
        }
        stalled.getAndAddRelease(nanos - counted);
        counted = nanos;
        longest.proposeMaxRelease(nanos);
    }

    private void end() {
        if (counted != 0) {
            listener.accept(counted);
            counted = 0;
        }
    }

    /** The loop's name. */
    public String name() {
        return loop.roleName();
    }

    /** Stalls so far, one that is not over too. Any thread. */
    public long stalls() {
        return stalls.get();
    }
}
