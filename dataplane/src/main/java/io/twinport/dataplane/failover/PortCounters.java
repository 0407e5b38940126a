package io.twinport.dataplane.failover;

import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/** A failover port's counters in {@code twinport.cnc}, written by its poll thread, read by anyone. */
public final class PortCounters {

    private final AtomicCounter received;
    private final AtomicCounter sentByPrimary;
    private final AtomicCounter sentByStandby;
    private final AtomicCounter refused;
    private final AtomicCounter suppressed;
    private final AtomicCounter duplicates;
    private final AtomicCounter lookback;
    private final AtomicCounter forgotten;
    private final AtomicCounter announced;
    private final AtomicCounter switches;
    private final AtomicCounter active;

    public PortCounters(CountersManager counters, int port) {
        String prefix = "port " + port + " ";
        this.received = counters.newCounter(prefix + "rx_packets");
        this.sentByPrimary = counters.newCounter(prefix + "tx_packets primary");
        this.sentByStandby = counters.newCounter(prefix + "tx_packets standby");
        this.refused = counters.newCounter(prefix + "tx_refused");
        this.suppressed = counters.newCounter(prefix + "rx_suppressed");
        this.duplicates = counters.newCounter(prefix + "rx_duplicates");
        this.lookback = counters.newCounter(prefix + "rx_lookback");
        this.forgotten = counters.newCounter(prefix + "rx_forgotten");
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
        suppressed.setRelease(totals.suppressed);
        duplicates.setRelease(totals.duplicates);
        lookback.setRelease(totals.lookback);
        forgotten.setRelease(totals.forgotten);
        announced.setRelease(totals.announced);
        switches.setRelease(totals.switches);
        active.setRelease(activeSide);
    }

    /** Frames delivered to the handler. */
    public long received() {
        return received.get();
    }

    /** Frames that the primary's driver took. */
    public long sentByPrimary() {
        return sentByPrimary.get();
    }

    /** Frames that the standby's driver took. */
    public long sentByStandby() {
        return sentByStandby.get();
    }

    /** Frames that no driver took. */
    public long refused() {
        return refused.get();
    }

    /** Frames that were received and not delivered, because of their side or their age (U2). */
    public long suppressed() {
        return suppressed.get();
    }

    /** Frames that were not delivered because their copy by the other side was (U8). */
    public long duplicates() {
        return duplicates.get();
    }

    /** Frames among {@link #received} that the idle side had received before a switch (U2). */
    public long lookback() {
        return lookback.get();
    }

    /** Frames whose copies were no longer awaited for want of room, and were delivered too (U8). */
    public long forgotten() {
        return forgotten.get();
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
