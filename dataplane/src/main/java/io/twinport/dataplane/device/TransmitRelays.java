package io.twinport.dataplane.device;

import io.twinport.dataplane.line.SharedQueue;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.line.TransmitRelay;
import io.twinport.dataplane.loop.Patience;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A device with fewer transmit queues than its port (U7): queue q of the port sends by queue q modulo their number, and those
 * that have the same one share it ({@link SharedQueue}). Control side.
 */
final class TransmitRelays {
    /** A ring whose device sends takes the frames at once; one whose device does not never will. */
    private static final Duration FLUSH_TIME = Duration.ofMillis(2);

    private static final long FLUSH_PAUSE_NANOS = 20_000;

    private final List<Long> shared = new ArrayList<>();
    private final Arena arena = Arena.ofShared();
    private int relays;

    /** Lays the relays of a started device, which no loop uses yet. */
    static TransmitRelays lay(LoopSet loops, int txQueues) {
        TransmitRelays all = new TransmitRelays();
        long[] lines = loops.lines();
        for (int t = 0; t < txQueues && t + txQueues < lines.length; t++) {
            all.share(loops, t, txQueues);
        }
        int rings = Math.min(lines.length, txQueues) - 1;
        SideLineSetup.otherRings(lines[0], rings * SideLine.txRing(lines[0]) + all.relays * TransmitRelay.SLOTS);
        return all;
    }

    /** The loop of the first queue that has it is the one that sends by it. */
    private void share(LoopSet loops, int first, int txQueues) {
        long[] lines = loops.lines();
        long queue = SharedQueue.allocate(arena, SideLineSetup.copyOf(lines[first], arena));
        for (int q = first; q < lines.length; q += txQueues) {
            long relay = TransmitRelay.allocate(arena, lines[q]);
            SharedQueue.add(queue, relay);
            SideLineSetup.relay(lines[q], relay, loops.epoch(q) == loops.epoch(first) ? queue : 0);
            relays++;
        }
        shared.add(queue);
    }

    /**
     * Sends what is left, once no loop uses the device any more, and ends the relays: what is sent by other queues or by another
     * device later comes after it.
     *
     * @return frames that the device did not take within a time; they are freed
     */
    int flush() {
        Patience patience = new Patience(FLUSH_TIME);
        int left;
        do {
            left = 0;
            for (long queue : shared) {
                SharedQueue.serve(queue);
                left += SharedQueue.size(queue);
            }
            if (left > 0) {
                LockSupport.parkNanos(FLUSH_PAUSE_NANOS);
            }
        } while (left > 0 && !patience.isOver());
        shared.forEach(SharedQueue::free);
        arena.close();
        return left;
    }
}
