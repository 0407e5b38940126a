package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * A failover port's counters in {@code twinport.cnc}, read by anyone: one for each {@link PortCounter}. Those of a port with one
 * queue are written by its poll thread; of a port with several, each queue has its own, and the port's are their sums, written by
 * its queue 0.
 */
public final class PortCounters {
    private static final PortCounters[] ONE_QUEUE = {};
    private static final PortCounter[] ALL = PortCounter.values();

    private final PortCounters[] queues;
    private final AtomicCounter[] counters;

    /** Of a port with one queue. */
    public PortCounters(CountersManager file, int port) {
        this(file, "port " + port + " ", ONE_QUEUE);
    }

    /** Of a port with several queues. */
    public static PortCounters ofQueues(CountersManager file, int port, int queues) {
        if (queues == 1) {
            return new PortCounters(file, port);
        }
        PortCounters[] each = IntStream.range(0, queues)
                .mapToObj(q -> new PortCounters(file, "port " + port + " queue " + q + " ", ONE_QUEUE))
                .toArray(PortCounters[]::new);
        return new PortCounters(file, "port " + port + " ", each);
    }

    private PortCounters(CountersManager file, String prefix, PortCounters[] queues) {
        this.queues = queues;
        this.counters = Stream.of(ALL)
                .map(counter -> file.newCounter(prefix + counter.label()))
                .toArray(AtomicCounter[]::new);
    }

    /** Those of a queue of a port with several. */
    public PortCounters queue(int q) {
        return queues[q];
    }

    /** How many queues the port has. */
    public int queueCount() {
        return Math.max(1, queues.length);
    }

    /** Publishes the totals of a queue, or of a port's only one; the poll thread only. */
    public void publish(PortTotals totals) {
        if (queues.length > 0) {
            queues[0].publish(totals);
        }
        for (PortCounter counter : ALL) {
            // The sums are for who reads the file: get() is exact without them.
            counters[counter.ordinal()].setRelease(
                    queues.length > 0 && counter.addsUp() ? get(counter) : counter.in(totals));
        }
    }

    /** As published last, by each of the queues. */
    public long get(PortCounter counter) {
        if (queues.length == 0 || !counter.addsUp()) {
            return counters[counter.ordinal()].get();
        }
        long sum = 0;
        for (PortCounters queue : queues) {
            sum += queue.get(counter);
        }
        return sum;
    }

    /** The sum of several. */
    public long sum(List<PortCounter> several) {
        return several.stream().mapToLong(this::get).sum();
    }

    /** Those of the port itself, by their names in the file. */
    public Map<String, Long> byName() {
        Map<String, Long> counts = new LinkedHashMap<>();
        Stream.of(ALL).filter(PortCounter::isOfPort).forEach(counter -> counts.put(counter.label(), get(counter)));
        return counts;
    }

    /** The side that transmits, of {@link Sides}. */
    public int activeSide() {
        return (int) get(PortCounter.ACTIVE_SIDE);
    }

    /** Frames that a side's driver took. */
    public long sentBy(int side) {
        return get(side == Sides.PRIMARY ? PortCounter.SENT_BY_PRIMARY : PortCounter.SENT_BY_STANDBY);
    }

    /** Frames that a side has received while it was idle. */
    public long idleFrames(int side) {
        return get(side == Sides.PRIMARY ? PortCounter.PRIMARY_IDLE : PortCounter.STANDBY_IDLE);
    }

    /** Those among them that the port itself had sent. */
    public long idleOwn(int side) {
        return get(side == Sides.PRIMARY ? PortCounter.PRIMARY_IDLE_OWN : PortCounter.STANDBY_IDLE_OWN);
    }

    /** Those among them that were sent to the port's own address. */
    public long idleToUs(int side) {
        return get(side == Sides.PRIMARY ? PortCounter.PRIMARY_IDLE_TO_US : PortCounter.STANDBY_IDLE_TO_US);
    }
}
