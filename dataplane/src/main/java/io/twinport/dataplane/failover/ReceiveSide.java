package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.line.SideLine;

/** One queue of one side, as its {@link Receiver} knows it. */
final class ReceiveSide {
    /** {@link Sides#NONE}, {@code PRIMARY} or {@code STANDBY}. */
    final int side;

    /** Of the frames in the device's ring. */
    final RingAge age;

    /** Mbufs of {@link #held} at most; of more the latest. A pool of thousands can spare them. */
    static final int MOST_HELD = 512;

    /** What was received while nobody wanted it, each with an instant before which it did not arrive. */
    final MbufQueue held = new MbufQueue(MOST_HELD);

    private long line = SideLine.NOTHING;
    private int toFlush;

    ReceiveSide(int side, RingAge age) {
        this.side = side;
        this.age = age;
    }

    long line() {
        return line;
    }

    boolean isMember() {
        return line != SideLine.NOTHING;
    }

    /** A device; its ring may have received since it was started. */
    void join(long newLine) {
        line = newLine;
        age.unknown();
    }

    void leave() {
        line = SideLine.NOTHING;
        toFlush = 0;
    }

    /** So many frames of the ring, or all until it is empty, are to be freed before one is delivered. */
    void flush(int frames) {
        toFlush = frames;
    }

    boolean isToBeFlushed() {
        return toFlush > 0;
    }

    /** Frames of a {@link #flush} were freed; none where the ring is empty. */
    void flushed(int frames) {
        toFlush = frames == 0 ? 0 : Math.max(0, toFlush - frames);
    }
}
