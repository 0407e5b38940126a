package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PollMember;
import io.twinport.dataplane.SideLine;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * One port over a primary and a standby. Transmits on the primary while that is ready, else on the standby (R41), from
 * the first burst after the link status interrupt. Receives from the side that transmits, and for a moment after a
 * switch from the one that it has left; else the other side is drained all the time and its frames are counted and
 * freed, so that nothing old surfaces after a switch (U2).
 *
 * <p>Belongs to the thread of one poll loop.
 */
public final class FailoverPort implements PacketPort, PollMember {
    /** Polls between two looks at the idle side and at the link words. */
    private static final int HOUSEKEEPING_POLLS = 8;

    /** Polls between two publications of the counters. */
    private static final int PUBLISH_POLLS = 64;

    /** Bursts that one housekeeping takes from a flooded idle side at most. */
    private static final int DRAIN_BURSTS = 8;

    private final int id;
    private final long events;
    private final TransmitSelector selector;
    private final PortCounters counters;
    private final PortEvents out;
    private final PolicyTimers timers;
    private final ReceiveWindow window = new ReceiveWindow();
    private final IdleWatch idleWatch = new IdleWatch();
    private final NanoClock clock;
    private final MbufBurst drain = new MbufBurst();
    private final MbufBurst single = new MbufBurst();

    private final PortTotals totals = new PortTotals();

    private int polls;
    private int ring;

    // The present switch, until its first burst is out and it has been told.
    private int from;
    private int to;
    private int cause;
    private long eventNanos;
    private long decisionNanos;
    private long lostAtMost;
    private boolean untold;
    private boolean awaitsBurst;
    private int toldState;

    /** A port that fails back at once (R42), as the kernel's does. */
    public FailoverPort(int id, long events, PortCounters counters, PortEvents out) {
        this(id, events, counters, out, FailbackSettings.AT_ONCE, SystemNanoClock.INSTANCE);
    }

    /**
     * @param id the port's number in records and messages
     * @param events address of the {@link EventLine} of both sides
     * @param counters where the port publishes what it counts
     * @param out where it tells of link events and switches
     * @param failback when the traffic goes back to the primary
     */
    public FailoverPort(int id, long events, PortCounters counters, PortEvents out, FailbackSettings failback) {
        this(id, events, counters, out, failback, SystemNanoClock.INSTANCE);
    }

    /** For simulations: {@code clock} in place of the system's. */
    FailoverPort(
            int id, long events, PortCounters counters, PortEvents out, FailbackSettings failback, NanoClock clock) {
        this.id = id;
        this.clock = clock;
        this.events = events;
        this.timers = new PolicyTimers(failback.delay(), FailbackSettings.SETTLE);
        this.selector = new TransmitSelector(id, events, out, clock, timers, failback.initialState());
        this.counters = counters;
        this.out = out;
        this.toldState = failback.initialState();
    }

    @Override
    public int rxBurst(long packets, int count) {
        if (++polls % HOUSEKEEPING_POLLS == 0) {
            housekeeping();
        }
        if (window.isOpen()) {
            return receiveFromBoth(packets, count);
        }
        int n = SideLine.receive(selector.active(), packets, count);
        totals.received += n;
        return n;
    }

    /** What comes late is older, so it goes first. */
    private int receiveFromBoth(long packets, int count) {
        int n = receiveLate(packets, count);
        if (n < count) {
            n += SideLine.receive(selector.active(), packets + (long) n * Long.BYTES, count - n);
        }
        totals.received += n;
        return n;
    }

    /** From the side that was left a moment ago; if it has gone meanwhile, its line has no device. */
    private int receiveLate(long packets, int count) {
        if (window.isOver(clock.nanoTime())) {
            window.close();
            return 0;
        }
        int n = window.receive(selector.line(window.side()), packets, count);
        totals.suppressed += window.dropped();
        if (n + window.dropped() > 0) {
            prove();
        }
        return n;
    }

    @Override
    public int txBurst(long packets, int count) {
        if (selector.hasEdge()) {
            look(EventLine.takeEventNanos(events));
        }
        int n = SideLine.transmit(selector.active(), packets, count);
        totals.sent += n;
        totals.refused += count - n;
        if (awaitsBurst && n > 0) {
            firstBurst();
        }
        return n;
    }

    /** Tells the port its own address, by which it knows its own broadcasts when they come by the idle side (U9). Any thread. */
    public void mac(MacAddress address) {
        idleWatch.mac(address.value());
    }

    /** The side that transmits: {@link FailoverPolicy#NONE}, {@code PRIMARY} or {@code STANDBY}. */
    public int activeSide() {
        return FailoverPolicy.active(selector.state());
    }

    @Override
    public boolean hasSide(int side) {
        return side == FailoverPolicy.PRIMARY || side == FailoverPolicy.STANDBY;
    }

    @Override
    public void join(int side, long line) {
        SideLine.enter(line);
        turn(selector.join(side, line), 0);
        look(0);
    }

    @Override
    public void leave(int side) {
        turn(selector.leave(side), 0);
        tell();
        publish();
    }

    /** On the side that transmits. It is none of the handler's frames, so it is counted apart. */
    @Override
    public void transmit(long mbuf) {
        single.set(mbuf);
        int taken = SideLine.transmit(selector.active(), single.address(), 1);
        single.free(taken, 1);
        totals.announced += taken;
    }

    @Override
    public void decide(int event) {
        turn(selector.decide(event), 0);
        tell();
    }

    private void look(long nanos) {
        turn(selector.look(), nanos);
    }

    /** Notes a switch; the line that transmits has been changed already. */
    private void turn(int event, long nanos) {
        if (event == TransmitSelector.NO_SWITCH) {
            return;
        }
        if (untold) {
            tell();
        }
        totals.switches++;
        from = to;
        to = FailoverPolicy.active(selector.state());
        cause = event;
        eventNanos = nanos;
        decisionNanos = clock.nanoTime();
        foldSent();
        untold = true;
        awaitsBurst = to != FailoverPolicy.NONE;
        if (to == FailoverPolicy.NONE) {
            window.close();
        } else {
            window.open(from, decisionNanos);
        }
    }

    /**
     * Books what the former side has sent. If its link is gone, its ring may hold frames that no wire has seen; drivers
     * mark done descriptors late or not at all, so a full ring is the bound (U4).
     */
    private void foldSent() {
        lostAtMost = canStillSend() ? 0 : Math.min(totals.sent, ring);
        ring = SideLine.txRing(selector.active());
        totals.foldSent(from);
    }

    /** A side that was told to leave has its link yet: control gives it the time to send, and counts what it has not. */
    private boolean canStillSend() {
        return FailoverPolicy.isLinkUp(selector.state(), from)
                || cause == FailoverPolicy.PRIMARY_LEFT
                || cause == FailoverPolicy.STANDBY_LEFT;
    }

    private void firstBurst() {
        long nanos = clock.nanoTime();
        awaitsBurst = false;
        if (untold) {
            untold = false;
            out.switched(id, totals.switches, from, to, cause, eventNanos, decisionNanos, nanos, lostAtMost);
        } else {
            out.firstBurst(id, totals.switches, nanos);
        }
    }

    private void housekeeping() {
        look(selector.hasEdge() ? EventLine.takeEventNanos(events) : 0);
        if (timers.isRunning()) {
            expire();
        }
        tell();
        if (!window.isOpen()) {
            drain();
        }
        if (polls % PUBLISH_POLLS == 0) {
            publish();
        }
    }

    private void expire() {
        int event = timers.due(clock.nanoTime());
        if (event != PolicyTimers.NONE) {
            turn(selector.decide(event), 0);
        }
    }

    /** Brings the counters up to date. */
    void publish() {
        counters.publish(totals, to);
    }

    /** Tells of link changes, and of a switch that has had no burst yet. */
    private void tell() {
        int state = selector.state();
        if (state != toldState) {
            tellLink(state, FailoverPolicy.PRIMARY);
            tellLink(state, FailoverPolicy.STANDBY);
            toldState = state;
        }
        if (untold) {
            untold = false;
            out.switched(id, totals.switches, from, to, cause, eventNanos, decisionNanos, 0, lostAtMost);
        }
    }

    private void tellLink(int state, int side) {
        boolean up = FailoverPolicy.isLinkUp(state, side);
        if (up != FailoverPolicy.isLinkUp(toldState, side)) {
            out.link(id, side, up, clock.nanoTime());
        }
    }

    /** Frees what the idle side has received. A ring that nobody empties keeps frames of the past (U2). */
    private void drain() {
        long idle = selector.idle();
        int n;
        int bursts = 0;
        do {
            n = SideLine.receive(idle, drain.address(), MbufBurst.CAPACITY);
            idleWatch.count(totals.idle(FailoverPolicy.other(to)), drain, n, bursts == 0);
            drain.free(0, n);
            totals.suppressed += n;
        } while (n == MbufBurst.CAPACITY && ++bursts < DRAIN_BURSTS);
        if ((n | bursts) != 0) {
            prove();
        }
    }

    /** A frame has come by the side that does not transmit: none from before, for its ring is always emptied (U12). */
    private void prove() {
        if (FailoverPolicy.waitsForProof(selector.state())) {
            turn(selector.decide(FailoverPolicy.PRIMARY_PROVEN), 0);
        }
    }
}
