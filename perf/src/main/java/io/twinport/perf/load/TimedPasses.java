package io.twinport.perf.load;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dpdk.MbufPool;
import org.HdrHistogram.Histogram;

/**
 * A handler whose loop's passes are timed: from one poll to the next, so that nothing that the loop does is left out. Of one
 * loop. It costs the clock and the histogram, some 40 ns a pass.
 */
final class TimedPasses implements PacketHandler {
    private final PacketHandler handler;
    private final Histogram passes = Times.newHistogram();
    private volatile boolean recording;

    /** Written by the loop: it has seen that nothing is recorded, and leaves the histogram alone. */
    private volatile boolean resting;

    private long last = System.nanoTime();

    TimedPasses(PacketHandler handler) {
        this.handler = handler;
    }

    @Override
    public int poll() {
        long now = System.nanoTime();
        if (recording) {
            passes.recordValue(Math.min(now - last, Times.HIGHEST_NANOS));
        } else if (!resting) {
            resting = true;
        }
        last = now;
        return handler.poll();
    }

    @Override
    public void start(MbufPool pool) {
        handler.start(pool);
    }

    /** Begins a new record, after a {@link #rest}. Of one control thread, like that. */
    void record() {
        passes.reset();
        recording = true;
    }

    /** Ends the record. */
    void rest() {
        recording = false;
        resting = false; // what it was before
    }

    /** Whether the record can be read. */
    boolean isResting() {
        return resting;
    }

    /** The record; to be read while it {@link #isResting}. */
    Histogram passes() {
        return passes;
    }
}
