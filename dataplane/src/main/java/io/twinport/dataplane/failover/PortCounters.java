package io.twinport.dataplane.failover;

import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/** A failover port's counters in {@code twinport.cnc}, written by its poll thread, read by anyone. */
public final class PortCounters {

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
    private final AtomicCounter announced;
    private final AtomicCounter switches;
    private final AtomicCounter active;

    public PortCounters(CountersManager counters, int port) {
        String prefix = "port " + port + " ";
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
        this.announced = counters.newCounter(prefix + "tx_announced");
        this.switches = counters.newCounter(prefix + "switches");
        this.active = counters.newCounter(prefix + "active side (0 none, 1 primary, 2 standby)");
    }

    /** Publishes the port's totals; the poll thread only. */
    void publish(PortTotals totals, int activeSide) {
        received.setRelease(totals.received);
        sentByPrimary.setRelease(totals.sentByPrimary + (activeSide == FailoverPolicy.PRIMARY ? totals.sent : 0));
        sentByStandby.setRelease(totals.sentByStandby + (activeSide == FailoverPolicy.STANDBY ? totals.sent : 0));
        refused.setRelease(totals.refused);
        dropped.setRelease(totals.dropped);
        held.setRelease(totals.held);
        holdDropped.setRelease(totals.holdDropped);
        resent.setRelease(totals.resent);
        notDrained.setRelease(totals.notDrained);
        suppressed.setRelease(totals.suppressed);
        announced.setRelease(totals.announced);
        switches.setRelease(totals.switches);
        active.setRelease(activeSide);
    }

    /** Frames delivered to the handler. */
    public long received() {
        return received.get();
    }

    /** Frames that the primary's driver took, those {@link #resent} too. */
    public long sentByPrimary() {
        return sentByPrimary.get();
    }

    /** Frames that the standby's driver took. */
    public long sentByStandby() {
        return sentByStandby.get();
    }

    /** Frames that were given back to the sender. */
    public long refused() {
        return refused.get();
    }

    /** Frames that were freed because neither side was ready (R41). */
    public long dropped() {
        return dropped.get();
    }

    /** Frames that had to wait for a side. */
    public long held() {
        return held.get();
    }

    /** Those of them that were freed in the end. */
    public long holdDropped() {
        return holdDropped.get();
    }

    /** Frames in flight at a cut that the other side has sent again. */
    public long resent() {
        return resent.get();
    }

    /** Planned switches that went on before the former side's ring was known to be empty. */
    public long notDrained() {
        return notDrained.get();
    }

    /** Frames of the idle side, counted and freed (U2). */
    public long suppressed() {
        return suppressed.get();
    }

    /** Frames of control threads that a driver took; not among those that the sides sent. */
    public long announced() {
        return announced.get();
    }

    public long switches() {
        return switches.get();
    }

    /** 0 none, 1 primary, 2 standby. */
    public int activeSide() {
        return (int) active.get();
    }
}
