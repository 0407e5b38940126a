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
    private final AtomicCounter announced;
    private final AtomicCounter switches;
    private final AtomicCounter active;
    private final IdleCounters idlePrimary;
    private final IdleCounters idleStandby;

    public PortCounters(CountersManager counters, int port) {
        String prefix = "port " + port + " ";
        this.received = counters.newCounter(prefix + "rx_packets");
        this.sentByPrimary = counters.newCounter(prefix + "tx_packets primary");
        this.sentByStandby = counters.newCounter(prefix + "tx_packets standby");
        this.refused = counters.newCounter(prefix + "tx_refused");
        this.suppressed = counters.newCounter(prefix + "rx_suppressed");
        this.announced = counters.newCounter(prefix + "tx_announced");
        this.switches = counters.newCounter(prefix + "switches");
        this.active = counters.newCounter(prefix + "active side (0 none, 1 primary, 2 standby)");
        this.idlePrimary = new IdleCounters(counters, prefix, "primary");
        this.idleStandby = new IdleCounters(counters, prefix, "standby");
    }

    /** Publishes the port's totals; the poll thread only. */
    void publish(PortTotals totals, int activeSide) {
        received.setRelease(totals.received);
        sentByPrimary.setRelease(totals.sentByPrimary + (activeSide == FailoverPolicy.PRIMARY ? totals.sent : 0));
        sentByStandby.setRelease(totals.sentByStandby + (activeSide == FailoverPolicy.STANDBY ? totals.sent : 0));
        refused.setRelease(totals.refused);
        suppressed.setRelease(totals.suppressed);
        announced.setRelease(totals.announced);
        switches.setRelease(totals.switches);
        active.setRelease(activeSide);
        idlePrimary.publish(totals.idlePrimary);
        idleStandby.publish(totals.idleStandby);
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

    /** Frames that a side has received while it was idle. */
    public long idleFrames(int side) {
        return idle(side).frames.get();
    }

    /** Those among them that the port itself had sent. */
    public long idleOwn(int side) {
        return idle(side).own.get();
    }

    /** Those among them that were sent to the port's own address. */
    public long idleToUs(int side) {
        return idle(side).toUs.get();
    }

    private IdleCounters idle(int side) {
        return side == FailoverPolicy.PRIMARY ? idlePrimary : idleStandby;
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
