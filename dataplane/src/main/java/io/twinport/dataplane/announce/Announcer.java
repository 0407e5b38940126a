package io.twinport.dataplane.announce;

import io.twinport.dataplane.Sides;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Repeats a port's announcements after each switch: one may be lost, and the far side may not forward yet. For one
 * thread.
 */
public final class Announcer {
    private final Supplier<List<byte[]>> frames;
    private final Consumer<byte[]> send;
    private final int count;
    private final long intervalNanos;
    private int left;
    private long nextNanos;

    /**
     * @param frames what is to be sent, asked for anew each time: addresses come and go
     * @param send takes a frame, to be sent on the side that transmits
     * @param count how often after each switch; 0 for never
     */
    public Announcer(Supplier<List<byte[]>> frames, Consumer<byte[]> send, int count, Duration interval) {
        this.frames = frames;
        this.send = send;
        this.count = count;
        this.intervalNanos = interval.toNanos();
    }

    /**
     * The port has switched: what was still to be said of the switch before is not worth it any more.
     *
     * @param side that transmits now
     */
    public void switched(int side, long now) {
        left = side == Sides.NONE ? 0 : count;
        nextNanos = now;
        tick(now);
    }

    /** Announces it now, beside the repetitions. */
    public void once() {
        frames.get().forEach(send);
    }

    /** To be called every few milliseconds. */
    public void tick(long now) {
        if (left > 0 && now - nextNanos >= 0) {
            left--;
            nextNanos = now + intervalNanos;
            frames.get().forEach(send);
        }
    }
}
