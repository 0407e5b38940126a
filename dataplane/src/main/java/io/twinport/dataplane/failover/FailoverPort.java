package io.twinport.dataplane.failover;

import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dataplane.policy.FailoverPolicy;
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
 * <p>Belongs to the thread of one poll loop. It is queue 0 of the port, and decides for all; further ones are
 * {@link FailoverQueue}s.
 */
public final class FailoverPort implements PacketPort, PolledQueue {
    /** Polls between two looks at the link words, which often know before the interrupt does. */
    private static final int LOOK_POLLS = 8;

    /** Bursts between two looks at that of the side that gets them. */
    private static final int LOOK_BURSTS = 2;

    /** Polls between two looks at the idle side, and at all that is not urgent. */
    static final int HOUSEKEEPING_POLLS = 32;

    /** Polls between two publications of the counters. */
    static final int PUBLISH_POLLS = 64;

    private final int id;
    private final PortSettings settings;
    private final long events;
    private final TransmitSelector selector;
    private final PortCounters counters;
    private final PortEvents out;
    private final PolicyTimers timers;
    private final Receiver receiver;
    private final IdleWatch idleWatch = new IdleWatch();
    private final NanoClock clock;

    private final PortTotals totals = new PortTotals();
    private final TransmitQueue tx;
    private final PresentSwitch present;

    private int polls;
    private int bursts;

    private int toldState;

    /** A port that fails back at once (R42), as the kernel's does. */
    public FailoverPort(int id, long events, PortCounters counters, PortEvents out) {
        this(id, events, counters, out, PortSettings.DEFAULT);
    }

    /**
     * @param id the port's number in records and messages
     * @param events address of the {@link EventLine} of both sides
     * @param counters where the port publishes what it counts
     * @param out where it tells of link events and switches
     */
    public FailoverPort(int id, long events, PortCounters counters, PortEvents out, PortSettings settings) {
        this(id, events, counters, out, settings, SystemNanoClock.INSTANCE, Receiver.MOST_POLLS);
    }

    /** For simulations: {@code clock} in place of the system's, read at one of {@code mostPolls} drained polls at least. */
    FailoverPort(
            int id,
            long events,
            PortCounters counters,
            PortEvents out,
            PortSettings settings,
            NanoClock clock,
            int mostPolls) {
        this.id = id;
        this.settings = settings;
        this.tx = new TransmitQueue(totals, settings.hold());
        this.clock = clock;
        this.events = events;
        this.timers = new PolicyTimers(
                settings.failback().delay(), settings.failback().settle());
        this.selector = new TransmitSelector(
                id, events, out, clock, timers, settings.failback().initialState());
        this.receiver = new Receiver(settings.receive(), idleWatch, totals, clock, mostPolls);
        this.counters = counters;
        this.out = out;
        this.present = new PresentSwitch(id, totals, out);
        this.toldState = settings.failback().initialState();
    }

    int id() {
        return id;
    }

    public PortSettings settings() {
        return settings;
    }

    /** What knows the port's own address, for its other queues. */
    IdleWatch idleWatch() {
        return idleWatch;
    }

    /** Address of the {@link PortDecision} that the port's other queues follow. */
    long decision() {
        return selector.decision();
    }

    @Override
    public int rxBurst(long packets, int count) {
        if (++polls % LOOK_POLLS == 0) {
            lookAround();
        }
        if (!receiver.isPlain()) {
            return receiveByRules(packets, count);
        }
        int n = SideLine.receive(selector.active(), packets, count);
        totals.received += n;
        return n;
    }

    private int receiveByRules(long packets, int count) {
        int n = receiver.receive(packets, count);
        if (receiver.hasProof()) {
            prove();
        }
        return n;
    }

    @Override
    public int txBurst(long packets, int count) {
        if (++bursts % LOOK_BURSTS == 0 ? selector.hasActiveMoved() : selector.hasEdge()) {
            return transmitAtEdge(packets, count);
        }
        return transmitAsUsual(packets, count);
    }

    private int transmitAsUsual(long packets, int count) {
        int n = tx.isOrdinary() ? post(packets, count) : transmitAroundSwitch(packets, count);
        // A driver whose link is dead takes nothing any more, often before the interrupt comes.
        if (n < count && selector.hasActiveMoved()) {
            look();
        }
        return n;
    }

    /** An interrupt has come, or is about to. If it is a cut, the burst goes by the other side first, and all else comes after it. */
    private int transmitAtEdge(long packets, int count) {
        boolean ordinary = tx.isOrdinary();
        int event = selector.look();
        // Not before: of an edge that comes in between the look would know, and its instant would stay for the next
        // switch.
        long eventNanos = EventLine.takeEventNanos(events);
        boolean cut = event != TransmitSelector.NO_SWITCH && activeSide() != Sides.NONE && !canSend(tx.side());
        if (!cut || !ordinary || count == 0) {
            selector.record();
            turn(event, eventNanos);
            return transmitAsUsual(packets, count);
        }
        // Old frames have to be out of its ring before an answer can come.
        receiver.turn(activeSide());
        int n = SideLine.transmit(selector.active(), packets, count);
        long burstNanos = clock.nanoTime();
        selector.record();
        note(event, eventNanos);
        totals.sent += n;
        totals.refused += count - n;
        if (tx.hasFirstBurst()) {
            firstBurst(burstNanos);
        }
        return n;
    }

    private int post(long packets, int count) {
        int n = SideLine.transmit(selector.active(), packets, count);
        totals.sent += n;
        totals.refused += count - n;
        return n;
    }

    /** While a switch is under way, neither side is ready, or frames are held. */
    private int transmitAroundSwitch(long packets, int count) {
        int n = tx.isDirect() ? post(packets, count) : tx.transmit(packets, count, clock.nanoTime());
        noteFirstBurst();
        return n;
    }

    /** Tells all queues of the port its own address, by which it knows its own broadcasts when they come by the idle side (U9). Any thread. */
    public void mac(MacAddress address) {
        idleWatch.mac(address.value());
    }

    /** The side that the policy has chosen: {@link Sides#NONE}, {@code PRIMARY} or {@code STANDBY}. */
    public int activeSide() {
        return FailoverPolicy.active(selector.state());
    }

    /** The policy's state; the loop's thread only. */
    public int state() {
        return selector.state();
    }

    /** The side that gets the frames: {@link #activeSide}, or during a planned switch the one that is being emptied (U13). */
    public int transmittingSide() {
        return tx.side();
    }

    /** The side by which a frame came that {@link #rxBurst} has just given; where its driver does not say, the active one. */
    public int sideOf(long mbuf) {
        boolean byIdle = SideLine.hasReceived(selector.idle(), mbuf) && !SideLine.hasReceived(selector.active(), mbuf);
        int active = activeSide();
        return byIdle ? Sides.other(active) : active;
    }

    /** Switches so far; the poll thread's own count. */
    public long switches() {
        return totals.switches;
    }

    @Override
    public boolean hasSide(int side) {
        return side == Sides.PRIMARY || side == Sides.STANDBY;
    }

    @Override
    public void join(int side, long line) {
        SideLine.enter(line);
        receiver.join(side, line);
        totals.use(side, line);
        turn(selector.join(side, line), 0);
        look();
    }

    @Override
    public void leave(int side) {
        receiver.leave(side);
        totals.use(side, SideLine.NOTHING);
        turn(selector.leave(side), 0);
        if (selector.isAlone()) {
            tx.abandon();
        }
        tell();
        publish();
    }

    /** On the side that gets the handler's frames. It is none of these, so it is counted apart. */
    @Override
    public void inject(long mbuf) {
        tx.announce(mbuf);
    }

    @Override
    public void decide(int event) {
        turn(selector.decide(event), 0);
        tell();
    }

    @Override
    public void setFailbackDelay(long nanos) {
        timers.setWait(nanos);
    }

    private void look() {
        int event = selector.look();
        long nanos = EventLine.takeEventNanos(events);
        selector.record();
        turn(event, nanos);
    }

    /** Notes a switch, and has the frames follow; the line that transmits has been changed already. */
    private void turn(int event, long nanos) {
        if (event != TransmitSelector.NO_SWITCH) {
            note(event, nanos);
            receiver.turn(activeSide());
        } else if (tx.isHandingOver() && !canSend(tx.side())) {
            // The side that was being left has failed before it was empty: the switch is an unplanned one now.
            long lostByOthers = lostByOthers(tx.side());
            present.expect(false, lostByOthers + tx.cut(clock.nanoTime()));
        }
    }

    /** What the port's other queues lose at most when a side fails: each follows by itself, and tells no number. */
    private long lostByOthers(int side) {
        long line = selector.line(side);
        return settings.hold().isOn() && TxCompletion.isProof(line) ? 0 : SideLine.otherRings(line);
    }

    private void note(int event, long nanos) {
        int to = activeSide();
        long decisionNanos = selector.decisionNanos();
        totals.switches = selector.switches();
        // An event that came too late was no reason.
        present.begin(totals.switches, to, event, nanos - decisionNanos > 0 ? 0 : nanos, decisionNanos);
        boolean sends = canSend(tx.side());
        long lostAtMost = sends ? 0 : lostByOthers(tx.side());
        lostAtMost += tx.turnTo(to, selector.active(), sends, decisionNanos);
        // A side that has left has its link yet: control gives it the time to send, and counts what it has not.
        boolean hasLeft = event == FailoverPolicy.PRIMARY_LEFT || event == FailoverPolicy.STANDBY_LEFT;
        present.expect(to != Sides.NONE && sends, hasLeft ? 0 : lostAtMost);
        tx.awaitFirstBurst(to != Sides.NONE);
    }

    /** Whether a side is a member and its link up. */
    private boolean canSend(int side) {
        return side != Sides.NONE && FailoverPolicy.isLinkUp(selector.state(), side);
    }

    private void noteFirstBurst() {
        if (tx.hasFirstBurst()) {
            firstBurst(clock.nanoTime());
        }
    }

    private void firstBurst(long nanos) {
        present.firstBurst(nanos, TxCompletion.of(tx.line()) == TxCompletion.AT_ONCE);
    }

    private void lookAround() {
        boolean isTurn = polls % HOUSEKEEPING_POLLS == 0;
        // Now and then for nothing: code that has not run for long would be slow at a switch.
        if (isTurn || selector.hasMoved()) {
            look();
        }
        if (isTurn) {
            housekeeping();
        }
    }

    private void housekeeping() {
        if (timers.isRunning()) {
            expire();
        }
        if (!tx.isOrdinary()) {
            tx.advance(clock.nanoTime());
            noteFirstBurst();
        }
        tell();
        receiver.drain();
        if (receiver.hasProof() || PortDecision.isProven(selector.decision())) {
            prove();
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
        totals.bookUnsendable();
        counters.publish(totals);
        if (present.isOpen() && present.isOver(clock.nanoTime())) {
            present.end();
        }
    }

    /** Tells of link changes, and of a switch that has had no burst yet. */
    private void tell() {
        int state = selector.state();
        if (state != toldState) {
            tellLink(state, Sides.PRIMARY);
            tellLink(state, Sides.STANDBY);
            toldState = state;
        }
        // A handover ends soon, and until then what is lost is not known.
        if (present.isUntold() && !tx.isHandingOver()) {
            present.tell();
        }
    }

    private void tellLink(int state, int side) {
        boolean up = FailoverPolicy.isLinkUp(state, side);
        if (up != FailoverPolicy.isLinkUp(toldState, side)) {
            out.link(id, side, up, clock.nanoTime());
        }
    }

    /** A frame has come by the side that does not transmit: none from before, for its ring is always emptied (U12). */
    private void prove() {
        if (FailoverPolicy.waitsForProof(selector.state())) {
            turn(selector.decide(FailoverPolicy.PRIMARY_PROVEN), 0);
        }
    }
}
