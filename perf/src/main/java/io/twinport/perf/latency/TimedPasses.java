package io.twinport.perf.latency;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dpdk.MbufPool;
import org.HdrHistogram.Histogram;

/**
 * A handler whose loop's passes are timed: from one poll to the next, so that nothing that the loop does is left out. Of one
 * loop; the histogram may be read when that has ended.
 */
final class TimedPasses implements PacketHandler {
    static final long HIGHEST_NANOS = 60_000_000_000L;

    private final PacketHandler handler;
    private final Histogram passes = newHistogram();
    private volatile boolean recording;
    private long last = System.nanoTime();

    TimedPasses(PacketHandler handler) {
        this.handler = handler;
    }

    /** Of nanoseconds, to 0.1 %; all its memory is there from the start. */
    static Histogram newHistogram() {
        return new Histogram(HIGHEST_NANOS, 3);
    }

    @Override
    public int poll() {
        long now = System.nanoTime();
        if (recording) {
            passes.recordValue(Math.min(now - last, HIGHEST_NANOS));
        }
        last = now;
        return handler.poll();
    }

    @Override
    public void start(MbufPool pool) {
        handler.start(pool);
    }

    /** Any thread. */
    void record(boolean isRecording) {
        recording = isRecording;
    }

    Histogram passes() {
        return passes;
    }
}
