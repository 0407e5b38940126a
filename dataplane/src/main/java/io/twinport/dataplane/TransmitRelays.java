package io.twinport.dataplane;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A device with fewer transmit queues than its port (U7): queue q of the port sends by queue q modulo their number. Where
 * that is another loop's it goes through a {@link TransmitRelay}; two queues of one loop share it as they are. Control side.
 */
final class TransmitRelays {
    /** A ring whose device sends takes the frames at once; one whose device does not never will. */
    private static final Duration FLUSH_TIME = Duration.ofMillis(2);

    private static final long FLUSH_PAUSE_NANOS = 20_000;

    private record Relay(long address, long owner) {}

    private final List<Relay> relays = new ArrayList<>();
    private final Arena arena = Arena.ofShared();

    /** Lays the relays of a started device, which no loop uses yet. */
    static TransmitRelays lay(LoopSet loops, int txQueues) {
        TransmitRelays all = new TransmitRelays();
        long[] lines = loops.lines();
        for (int q = txQueues; q < lines.length; q++) {
            int owner = q % txQueues;
            if (loops.loop(q) != loops.loop(owner)) {
                long relay = TransmitRelay.allocate(all.arena);
                SideLine.relay(lines[q], lines[owner], relay);
                all.relays.add(new Relay(relay, lines[owner]));
            }
        }
        int rings = Math.min(lines.length, txQueues) - 1;
        SideLine.otherRings(lines[0], rings * SideLine.txRing(lines[0]) + all.relays.size() * TransmitRelay.SLOTS);
        return all;
    }

    /**
     * Sends what is left, once no loop uses the device any more, and ends the relays.
     *
     * @return frames that the device did not take within a time; they are freed
     */
    int flush() {
        Patience patience = new Patience(FLUSH_TIME);
        int left;
        do {
            left = 0;
            for (Relay relay : relays) {
                TransmitRelay.forward(relay.address, relay.owner);
                left += TransmitRelay.size(relay.address);
            }
            if (left > 0) {
                LockSupport.parkNanos(FLUSH_PAUSE_NANOS);
            }
        } while (left > 0 && !patience.isOver());
        relays.forEach(relay -> TransmitRelay.free(relay.address));
        arena.close();
        return left;
    }
}
