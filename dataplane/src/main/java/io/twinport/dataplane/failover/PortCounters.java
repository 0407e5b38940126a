package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * A failover port's counters in {@code twinport.cnc}, read by anyone. Those of a port with one queue are written by its poll
 * thread; of a port with several, each queue has its own, and the port's are their sums, written by its queue 0.
 */
public final class PortCounters {
    private static final PortCounters[] ONE_QUEUE = {};

    private final PortCounters[] queues;
    private final AtomicCounter received;
    private final AtomicCounter sentByPrimary;
    private final AtomicCounter sentByStandby;
    private final AtomicCounter refused;
    private final AtomicCounter dropped;
    private final AtomicCounter held;
    private final AtomicCounter holdDropped;
    private final AtomicCounter resent;
    private final AtomicCounter notDrained;
    private final AtomicCounter suppressed;
    private final AtomicCounter duplicates;
    private final AtomicCounter lookback;
    private final AtomicCounter forgotten;
    private final AtomicCounter announced;
    private final AtomicCounter switches;
    private final AtomicCounter active;
    private final IdleCounters idlePrimary;
    private final IdleCounters idleStandby;

    /** Of a port with one queue. */
    public PortCounters(CountersManager counters, int port) {
        this(counters, "port " + port + " ", ONE_QUEUE);
    }

    /** Of a port with several queues. */
    public static PortCounters ofQueues(CountersManager counters, int port, int queues) {
        if (queues == 1) {
            return new PortCounters(counters, port);
        }
        PortCounters[] each = IntStream.range(0, queues)
                .mapToObj(q -> new PortCounters(counters, "port " + port + " queue " + q + " ", ONE_QUEUE))
                .toArray(PortCounters[]::new);
        return new PortCounters(counters, "port " + port + " ", each);
    }

    private PortCounters(CountersManager counters, String prefix, PortCounters[] queues) {
        this.queues = queues;
        this.received = counters.newCounter(prefix + "rx_packets");
        this.sentByPrimary = counters.newCounter(prefix + "tx_packets primary");
        this.sentByStandby = counters.newCounter(prefix + "tx_packets standby");
        this.refused = counters.newCounter(prefix + "tx_refused");
        this.dropped = counters.newCounter(prefix + "tx_dropped");
        this.held = counters.newCounter(prefix + "tx_held");
        this.holdDropped = counters.newCounter(prefix + "tx_hold_dropped");
        this.resent = counters.newCounter(prefix + "tx_resent");
        this.notDrained = counters.newCounter(prefix + "switches not drained");
        this.suppressed = counters.newCounter(prefix + "rx_suppressed");
        this.duplicates = counters.newCounter(prefix + "rx_duplicates");
        this.lookback = counters.newCounter(prefix + "rx_lookback");
        this.forgotten = counters.newCounter(prefix + "rx_forgotten");
        this.announced = counters.newCounter(prefix + "tx_announced");
        this.switches = counters.newCounter(prefix + "switches");
        this.active = counters.newCounter(prefix + "active side (0 none, 1 primary, 2 standby)");
        this.idlePrimary = new IdleCounters(counters, prefix, "primary");
        this.idleStandby = new IdleCounters(counters, prefix, "standby");
    }

    /** Those of a queue of a port with several. */
    public PortCounters queue(int q) {
        return queues[q];
    }

    /** How many queues the port has. */
    int queueCount() {
        return Math.max(1, queues.length);
    }

    /** What the port itself counts, by the names in the file, without the port's; what its idle side receives is not in it. */
    public Map<String, Long> byName() {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("rx_packets", received());
        counts.put("tx_packets primary", sentByPrimary());
        counts.put("tx_packets standby", sentByStandby());
        counts.put("tx_refused", refused());
        counts.put("tx_dropped", dropped());
        counts.put("tx_held", held());
        counts.put("tx_hold_dropped", holdDropped());
        counts.put("tx_resent", resent());
        counts.put("tx_announced", announced());
        counts.put("rx_suppressed", suppressed());
        counts.put("rx_duplicates", duplicates());
        counts.put("rx_lookback", lookback());
        counts.put("rx_forgotten", forgotten());
        counts.put("switches", switches());
        counts.put("switches not drained", notDrained());
        return counts;
    }

    /** Publishes the totals of a queue, or of a port's only one; the poll thread only. */
    void publish(PortTotals totals, int activeSide) {
        if (queues.length > 0) {
            queues[0].publish(totals, activeSide);
            sumUp(totals.switches, activeSide);
            return;
        }
        received.setRelease(totals.received);
        sentByPrimary.setRelease(totals.sentByPrimary + (activeSide == Sides.PRIMARY ? totals.sent : 0));
        sentByStandby.setRelease(totals.sentByStandby + (activeSide == Sides.STANDBY ? totals.sent : 0));
        refused.setRelease(totals.refused);
        dropped.setRelease(totals.dropped);
        held.setRelease(totals.held);
        holdDropped.setRelease(totals.holdDropped);
        resent.setRelease(totals.resent);
        notDrained.setRelease(totals.notDrained);
        suppressed.setRelease(totals.suppressed);
        duplicates.setRelease(totals.duplicates);
        lookback.setRelease(totals.lookback);
        forgotten.setRelease(totals.forgotten);
        announced.setRelease(totals.announced);
        switches.setRelease(totals.switches);
        active.setRelease(activeSide);
        idlePrimary.publish(totals.idlePrimary);
        idleStandby.publish(totals.idleStandby);
    }

    /** For who reads the file: {@link #received} and its like are exact without it. */
    private void sumUp(long portSwitches, int activeSide) {
        received.setRelease(sum(counters -> counters.received));
        sentByPrimary.setRelease(sum(counters -> counters.sentByPrimary));
        sentByStandby.setRelease(sum(counters -> counters.sentByStandby));
        refused.setRelease(sum(counters -> counters.refused));
        dropped.setRelease(sum(counters -> counters.dropped));
        held.setRelease(sum(counters -> counters.held));
        holdDropped.setRelease(sum(counters -> counters.holdDropped));
        resent.setRelease(sum(counters -> counters.resent));
        notDrained.setRelease(sum(counters -> counters.notDrained));
        suppressed.setRelease(sum(counters -> counters.suppressed));
        duplicates.setRelease(sum(counters -> counters.duplicates));
        lookback.setRelease(sum(counters -> counters.lookback));
        forgotten.setRelease(sum(counters -> counters.forgotten));
        announced.setRelease(sum(counters -> counters.announced));
        switches.setRelease(portSwitches);
        active.setRelease(activeSide);
        idlePrimary.frames.setRelease(sum(counters -> counters.idlePrimary.frames));
        idlePrimary.own.setRelease(sum(counters -> counters.idlePrimary.own));
        idlePrimary.toUs.setRelease(sum(counters -> counters.idlePrimary.toUs));
        idleStandby.frames.setRelease(sum(counters -> counters.idleStandby.frames));
        idleStandby.own.setRelease(sum(counters -> counters.idleStandby.own));
        idleStandby.toUs.setRelease(sum(counters -> counters.idleStandby.toUs));
    }

    private long sum(Function<PortCounters, AtomicCounter> counter) {
        if (queues.length == 0) {
            return counter.apply(this).get();
        }
        long sum = 0;
        for (PortCounters queue : queues) {
            sum += counter.apply(queue).get();
        }
        return sum;
    }

    /** Frames delivered to the handler. */
    public long received() {
        return sum(counters -> counters.received);
    }

    /** Frames that the primary's driver took, those {@link #resent} too. */
    public long sentByPrimary() {
        return sum(counters -> counters.sentByPrimary);
    }

    /** Frames that the standby's driver took. */
    public long sentByStandby() {
        return sum(counters -> counters.sentByStandby);
    }

    /** Frames that a side's driver took: {@link #sentByPrimary} or {@link #sentByStandby}. */
    public long sentBy(int side) {
        return side == Sides.PRIMARY ? sentByPrimary() : sentByStandby();
    }

    /** Frames that were given back to the sender. */
    public long refused() {
        return sum(counters -> counters.refused);
    }

    /** Frames that were freed because neither side was ready (R41). */
    public long dropped() {
        return sum(counters -> counters.dropped);
    }

    /** Frames that had to wait for a side. */
    public long held() {
        return sum(counters -> counters.held);
    }

    /** Those of them that were freed in the end. */
    public long holdDropped() {
        return sum(counters -> counters.holdDropped);
    }

    /** Frames in flight at a cut that the other side has sent again. */
    public long resent() {
        return sum(counters -> counters.resent);
    }

    /** Planned switches that went on before the former side's ring was known to be empty. */
    public long notDrained() {
        return sum(counters -> counters.notDrained);
    }

    /** Frames that were received and not delivered, because of their side or their age (U2). */
    public long suppressed() {
        return sum(counters -> counters.suppressed);
    }

    /** Frames that were not delivered because their copy by the other side was (U8). */
    public long duplicates() {
        return sum(counters -> counters.duplicates);
    }

    /** Frames among {@link #received} that the idle side had received before a switch (U2). */
    public long lookback() {
        return sum(counters -> counters.lookback);
    }

    /** Frames whose copies were no longer awaited for want of room, and were delivered too (U8). */
    public long forgotten() {
        return sum(counters -> counters.forgotten);
    }

    /** Frames of control threads that a driver took; not among those that the sides sent. */
    public long announced() {
        return sum(counters -> counters.announced);
    }

    public long switches() {
        return switches.get();
    }

    /** 0 none, 1 primary, 2 standby. */
    public int activeSide() {
        return (int) active.get();
    }

    /** Frames that a side has received while it was idle. */
    public long idleFrames(int side) {
        return sum(counters -> counters.idle(side).frames);
    }

    /** Those among them that the port itself had sent. */
    public long idleOwn(int side) {
        return sum(counters -> counters.idle(side).own);
    }

    /** Those among them that were sent to the port's own address. */
    public long idleToUs(int side) {
        return sum(counters -> counters.idle(side).toUs);
    }

    private IdleCounters idle(int side) {
        return side == Sides.PRIMARY ? idlePrimary : idleStandby;
    }

    /** What came by a side while it was idle. */
    private static final class IdleCounters {
        private final AtomicCounter frames;
        private final AtomicCounter own;
        private final AtomicCounter toUs;

        IdleCounters(CountersManager counters, String prefix, String side) {
            frames = counters.newCounter(prefix + side + " rx_idle");
            own = counters.newCounter(prefix + side + " rx_idle_own");
            toUs = counters.newCounter(prefix + side + " rx_idle_to_us");
        }

        void publish(PortTotals.Idle idle) {
            frames.setRelease(idle.frames);
            own.setRelease(idle.own);
            toUs.setRelease(idle.toUs);
        }
    }
}
