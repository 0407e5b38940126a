package io.twinport.dataplane.device;

import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.loop.Epoch;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.Patience;
import io.twinport.dataplane.loop.StuckLoopException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The queues of a port as a device meets them: each uses the device by a line of its own, on the loop that polls it. Takes
 * the device into all of the loops and out of them. For one control thread at a time.
 */
public final class LoopSet {
    private static final int DECIDER = 0;

    /** Longer than a loop is without its CPU, on a machine that has others to run. */
    private static final Duration PASS_TIME = Duration.ofMillis(500);

    private final List<LoopProxy> queues;
    private final int side;
    private final long[] lines;
    private final long[] leaveCommands;

    /** @param queues of the port; the first one decides which side transmits */
    LoopSet(List<LoopProxy> queues, int side) {
        this.queues = List.copyOf(queues);
        this.side = side;
        this.lines = new long[queues.size()];
        for (int q = 0; q < lines.length; q++) {
            lines[q] = SideLineSetup.allocate();
        }
        this.leaveCommands = new long[queues.size()];
        for (LoopProxy queue : queues) {
            if (!queue.hasSide(side)) {
                throw new IllegalArgumentException("the port has no side " + side);
            }
        }
    }

    /** A line for each queue. */
    long[] lines() {
        return lines;
    }

    /** How far the loop of a queue has come. */
    Epoch epoch(int queue) {
        return queues.get(queue).epoch();
    }

    /** Tells the queue that decides of an event. */
    void decide(int event) {
        queues.get(DECIDER).decide(event);
    }

    /**
     * The queue that decides is the last one: when it makes the port use the side, all others can.
     *
     * @throws StuckLoopException if a loop does not answer: it may take the device yet
     * @throws IllegalStateException if a loop could not be told; no loop uses the device then
     */
    void join() {
        Arrays.fill(leaveCommands, 0);
        long[] commands = new long[lines.length];
        int joined = lines.length;
        try {
            // The others, then the one that decides.
            for (int next : new int[] {DECIDER + 1, DECIDER}) {
                int end = joined;
                while (joined > next) {
                    commands[joined - 1] = queues.get(joined - 1).join(side, lines[joined - 1]);
                    joined--;
                }
                if (!await(commands, next, end)) {
                    tellToLeave(next);
                    throw stuck("has not taken");
                }
            }
        } catch (IllegalStateException e) {
            if (!leave(joined)) {
                throw stuck("still uses");
            }
            throw e;
        }
    }

    private static StuckLoopException stuck(String what) {
        return new StuckLoopException("a poll loop " + what + " the device within " + Epoch.LOOP_TIME.toSeconds()
                + " s: it is stuck in its handler, or its CPU is taken by something else");
    }

    /**
     * All loops are told at once: one that is slow keeps the device from being stopped, not the others from going on.
     *
     * @return false if a loop has not left it in time; the next call waits on
     */
    boolean leave() {
        return leave(DECIDER);
    }

    private boolean leave(int first) {
        tellToLeave(first);
        return await(leaveCommands, first, lines.length);
    }

    private void tellToLeave(int first) {
        for (int q = first; q < lines.length; q++) {
            if (leaveCommands[q] == 0) {
                leaveCommands[q] = queues.get(q).leave(side, lines[q]);
            }
        }
    }

    /** Waits until no loop is in a pass that began before the call, for {@link #PASS_TIME} at most. Any thread. */
    void awaitPass() {
        Patience patience = new Patience(PASS_TIME);
        for (LoopProxy queue : queues) {
            if (!queue.epoch().awaitPass(patience)) {
                return;
            }
        }
    }

    /** Waits until the queues from {@code first} up to but not including {@code end} have obeyed, for one time in all. */
    private boolean await(long[] commands, int first, int end) {
        Patience patience = new Patience(Epoch.LOOP_TIME);
        for (int q = first; q < end; q++) {
            if (!queues.get(q).epoch().await(commands[q], patience)) {
                return false;
            }
        }
        return true;
    }
}
