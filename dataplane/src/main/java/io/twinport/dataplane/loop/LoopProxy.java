package io.twinport.dataplane.loop;

import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.cnc.CommandLayout;
import java.time.Duration;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * One queue of a poll loop, for control threads: what they say to it goes by the loop's ring, and the loop obeys between two
 * passes. Any thread.
 *
 * <p>Each command throws {@link IllegalStateException} where the ring is full, which means that the loop does not run.
 */
public final class LoopProxy {
    private final RingBuffer commands;
    private final Epoch epoch;
    private final PolledQueue queue;
    private final int index;

    LoopProxy(RingBuffer commands, Epoch epoch, PolledQueue queue, int index) {
        this.commands = commands;
        this.epoch = epoch;
        this.queue = queue;
        this.index = index;
    }

    /** Whether the queue has a side of that number. */
    public boolean hasSide(int side) {
        return queue.hasSide(side);
    }

    /** How far the loop has come. */
    public Epoch epoch() {
        return epoch;
    }

    /**
     * From now on the queue uses a device.
     *
     * @param line of the device, which nobody changes until the queue has left it
     * @return the command's number, to {@link Epoch#await} it
     */
    public long join(int side, long line) {
        return send(CommandLayout.JOIN, side, line);
    }

    /**
     * From now on the queue does not use the device of a side.
     *
     * @return the command's number, to {@link Epoch#await} it
     */
    public long leave(int side, long line) {
        return send(CommandLayout.LEAVE, side, line);
    }

    /**
     * Tells the port's policy of an event.
     *
     * @param event of {@code FailoverPolicy}
     */
    public void decide(int event) {
        send(CommandLayout.DECIDE, event, 0);
    }

    /**
     * Has the queue send a frame that does not come from its handler. Not after the loop has been told to end.
     *
     * @param mbuf address; the loop's from now on, and the caller's still where this throws
     */
    public void inject(long mbuf) {
        send(CommandLayout.INJECT, 0, mbuf);
    }

    /** Says how long the policy waits before it goes back to a primary that is up again; a wait that runs goes on. */
    public void setFailbackDelay(Duration delay) {
        send(CommandLayout.FAILBACK_DELAY, 0, delay.toNanos());
    }

    /**
     * Begins to keep copies of the queue's frames. Waits a bounded time until the loop does so; a loop that is held up does so
     * when it reads its commands.
     */
    public void startCapture() {
        epoch.await(send(CommandLayout.CAPTURE, 1, 0), Epoch.LOOP_TIME);
    }

    /**
     * Stops keeping copies of the queue's frames.
     *
     * @return whether the loop has obeyed; else it may use the copies' ring yet
     */
    public boolean endCapture() {
        return epoch.await(send(CommandLayout.CAPTURE, 0, 0), Epoch.LOOP_TIME);
    }

    private long send(int type, int argument, long value) {
        return CommandLayout.send(commands, type, index, argument, value);
    }
}
