package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.capture.CaptureRing;
import io.twinport.dataplane.capture.FlightRecorder;
import io.twinport.dataplane.capture.FrameTap;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dataplane.policy.FailoverPolicy;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a {@link FailoverPort}: what its handler receives from and sends to. It follows the port's decisions by its own
 * lines of both sides, from the first burst after a decision, which goes out before anything else is done. It has its own receiver,
 * its own handover and its own counts, so that what is sent and received by one queue, and with that a flow, keeps its order, and a
 * queue that is idle holds up nobody.
 *
 * <p>Queue 0 has the port's {@link Decider}, and has it look when its time has come; what is told of a switch is what queue 0 knows.
 *
 * <p>Belongs to the thread of one poll loop; the queues of a port may be in several.
 */
public final class FailoverQueue implements PacketPort, PolledQueue {
    /** Polls between two looks at the link words, which often know before the interrupt does. */
    private static final int LOOK_POLLS = 8;

    /** Polls between two looks at the idle side, and at all that is not urgent. */
    static final int HOUSEKEEPING_POLLS = 32;

    /** Polls between two publications of the counters. */
    private static final int PUBLISH_POLLS = 64;

    private final int port;
    private final @Nullable Decider decider;
    private final long decision;
    private final boolean holds;
    private final PortCounters counters;
    private final PortEvents out;
    private final NanoClock clock;
    private final PortTotals totals;
    private final Receiver receiver;
    private final TransmitQueue tx;
    private final FrameTap frames = new FrameTap();
    private final long[] lines = {SideLine.NOTHING, SideLine.NOTHING, SideLine.NOTHING};

    /** The side that the port has chosen, as far as this queue has it, and its line. */
    private int side;

    private long active = SideLine.NOTHING;

    /** The decision that is followed. */
    private long seen;

    /** What it says, without sides that this queue does not have any more. */
    private int state;

    /** {@link #frames} while they are kept. */
    private @Nullable FrameTap tap;

    private int polls;

    /** The switch whose first burst of this queue is awaited. */
    private long awaited;

    /**
     * @param decider of the port, if this is its queue 0
     * @param decision address of the {@link PortDecision} to be followed
     * @param counters of this queue
     * @param totals what it counts
     * @param out where it tells of first bursts; not another loop's
     */
    FailoverQueue(
            FailoverPort port,
            @Nullable Decider decider,
            long decision,
            PortTotals totals,
            PortCounters counters,
            PortEvents out) {
        this.port = port.id();
        this.decider = decider;
        this.decision = decision;
        this.holds = port.settings().hold().isOn();
        this.totals = totals;
        this.counters = counters;
        this.out = out;
        this.clock = port.clock();
        this.receiver =
                new Receiver(port.settings().receive(), port.idleWatch(), totals, port.clock(), port.mostPolls());
        this.tx = new TransmitQueue(totals, port.settings().hold());
        take();
    }

    @Override
    public int rxBurst(long packets, int count) {
        if (++polls % LOOK_POLLS == 0) {
            lookAround();
        }
        int n = receiver.isPlain() ? receive(packets, count) : receiveByRules(packets, count);
        if (tap != null && n > 0) {
            keepReceived(tap, packets, n);
        }
        return n;
    }

    private int receive(long packets, int count) {
        int n = SideLine.receive(active, packets, count);
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
        return tap == null ? transmit(packets, count) : transmitAndKeep(tap, packets, count);
    }

    private int transmit(long packets, int count) {
        if (decider != null && decider.isDue()) {
            decider.look();
        }
        if (PortDecision.word(decision) != seen) {
            return transmitByNewDecision(packets, count);
        }
        int n = tx.isOrdinary() ? post(packets, count) : transmitAroundSwitch(packets, count);
        // A driver whose link is dead takes nothing any more, often before the interrupt comes.
        if (n < count && decider != null && decider.hasActiveMoved()) {
            look();
        }
        return n;
    }

    private int post(long packets, int count) {
        int n = SideLine.transmit(active, packets, count);
        totals.sent += n;
        totals.refused += count - n;
        return n;
    }

    /** At a cut the burst goes by the other side first, and all else comes after it. */
    private int transmitByNewDecision(long packets, int count) {
        int former = side;
        take();
        boolean isCut = side != former && side != Sides.NONE && !canSend(tx.side());
        if (!isCut || !tx.isOrdinary() || count == 0) {
            follow(former, clock.nanoTime());
            return tx.isOrdinary() ? post(packets, count) : transmitAroundSwitch(packets, count);
        }
        // Old frames have to be out of its ring before an answer can come.
        receiver.turn(side);
        int n = SideLine.transmit(active, packets, count);
        long burstNanos = clock.nanoTime();
        follow(former, burstNanos);
        totals.sent += n;
        totals.refused += count - n;
        if (tx.hasFirstBurst()) {
            firstBurst(burstNanos);
        }
        return n;
    }

    /** While a switch is under way, neither side is ready, or frames are held. */
    private int transmitAroundSwitch(long packets, int count) {
        int n = tx.isDirect() ? post(packets, count) : tx.transmit(packets, count, clock.nanoTime());
        if (tx.hasFirstBurst()) {
            firstBurst(clock.nanoTime());
        }
        return n;
    }

    /** The side that this queue transmits on: {@link Sides#NONE}, {@code PRIMARY} or {@code STANDBY}. */
    public int activeSide() {
        return side;
    }

    /** The side that gets the frames: {@link #activeSide}, or during a planned switch the one that is being emptied (U13). */
    public int transmittingSide() {
        return tx.side();
    }

    /** The side by which a frame came that {@link #rxBurst} has just given; where its driver does not say, the active one. */
    public int sideOf(long mbuf) {
        int other = Sides.other(side);
        boolean byOther = SideLine.hasReceived(lines[other], mbuf) && !SideLine.hasReceived(active, mbuf);
        return side != Sides.NONE && byOther ? other : side;
    }

    @Override
    public boolean hasSide(int number) {
        return number == Sides.PRIMARY || number == Sides.STANDBY;
    }

    /** Queue 0 decides, so it joins last. */
    @Override
    public void join(int number, long line) {
        SideLine.enter(line);
        receiver.join(number, line);
        use(number, line);
        if (decider != null) {
            decider.join(number, line);
            followNews();
            look();
        }
    }

    @Override
    public void leave(int number) {
        receiver.leave(number);
        use(number, SideLine.NOTHING);
        if (decider != null) {
            decider.leave(number);
        }
        follow();
        if (lines[Sides.PRIMARY] == SideLine.NOTHING && lines[Sides.STANDBY] == SideLine.NOTHING) {
            tx.abandon();
        }
        if (decider != null) {
            decider.tell(tx.isHandingOver());
        }
        publish();
    }

    private void use(int number, long line) {
        lines[number] = line;
        active = lines[side];
        totals.use(number, line);
    }

    /** Only queue 0 decides. */
    @Override
    public void decide(int event) {
        if (decider != null) {
            decider.decide(event);
            followNews();
            decider.tell(tx.isHandingOver());
        }
    }

    @Override
    public void setFailbackDelay(long nanos) {
        if (decider != null) {
            decider.setFailbackDelay(nanos);
        }
    }

    /** On the side that gets the handler's frames. It is none of these, so it is counted apart. */
    @Override
    public void inject(long mbuf) {
        tx.announce(mbuf);
    }

    /** Keeps copies of all frames from now on; before a loop polls the queue. */
    public void record(FlightRecorder recorder) {
        frames.record(recorder);
        tap = frames;
    }

    /** Where copies go from the next {@link #capture} on. One control thread, while nothing is captured. */
    public void captureTo(CaptureRing ring) {
        frames.captureTo(ring);
    }

    @Override
    public void capture(boolean on) {
        tap = frames.capture(on) ? frames : null;
    }

    private void keepReceived(FrameTap kept, long packets, int count) {
        long nanos = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            kept.received(nanos, mbuf, sideOf(mbuf));
        }
    }

    private int transmitAndKeep(FrameTap kept, long packets, int count) {
        int sent = 0;
        int burst;
        int taken;
        do {
            long rest = packets + (long) sent * Long.BYTES;
            burst = Math.min(count - sent, MbufBurst.CAPACITY);
            kept.keep(rest, burst);
            taken = transmit(rest, burst);
            kept.sent(taken, tx.side());
            sent += taken;
        } while (taken == burst && sent < count);
        return sent;
    }

    private void lookAround() {
        boolean isTurn = polls % HOUSEKEEPING_POLLS == 0;
        // Now and then for nothing: code that has not run for long would be slow at a switch.
        if (decider != null && (isTurn || decider.hasMoved())) {
            look();
        }
        if (isTurn) {
            housekeeping();
        }
    }

    private void housekeeping() {
        if (decider != null) {
            decider.expire();
        }
        followNews();
        if (!tx.isOrdinary()) {
            tx.advance(clock.nanoTime());
            if (tx.hasFirstBurst()) {
                firstBurst(clock.nanoTime());
            }
        }
        if (decider != null) {
            decider.tell(tx.isHandingOver());
        }
        receiver.drain();
        if (receiver.hasProof() || (decider != null && decider.isProven())) {
            prove();
        }
        if (polls % PUBLISH_POLLS == 0) {
            publish();
        }
    }

    /** Brings the counters up to date. */
    void publish() {
        totals.bookUnsendable();
        counters.publish(totals);
        if (decider != null) {
            decider.endSwitch();
        }
    }

    private void look() {
        if (decider != null) {
            decider.look();
            followNews();
        }
    }

    private void prove() {
        if (decider != null) {
            decider.prove();
            followNews();
        } else if (FailoverPolicy.waitsForProof(PortDecision.state(seen))) {
            PortDecision.prove(decision, seen);
        }
    }

    private void followNews() {
        if (PortDecision.word(decision) != seen) {
            follow();
        }
    }

    private void follow() {
        int former = side;
        take();
        follow(former, clock.nanoTime());
    }

    /** Takes over what the port has decided last: from now on bursts go by that side's line. */
    private void take() {
        seen = PortDecision.word(decision);
        state = without(Sides.STANDBY, without(Sides.PRIMARY, PortDecision.state(seen)));
        side = FailoverPolicy.active(state);
        active = lines[side];
    }

    /** A side that has left this queue, queue 0 will hear of in its own loop; what will come of that is known here now. */
    private int without(int number, int decided) {
        boolean hasLeft = decider == null && lines[number] == SideLine.NOTHING;
        return hasLeft ? FailoverPolicy.next(decided, FailoverPolicy.left(number)) : decided;
    }

    /** Does the rest of what a decision asks for, once it is taken over. */
    private void follow(int former, long now) {
        if (side != former) {
            turn(now);
        } else if (tx.isHandingOver() && !canSend(tx.side())) {
            long lostByOthers = lostByOthers(tx.side());
            long lost = tx.cut(now);
            if (decider != null) {
                decider.expectNoMore(lostByOthers + lost);
            }
        }
        if (decider != null) {
            decider.record();
        }
    }

    private void turn(long now) {
        boolean isThePorts = side == FailoverPolicy.active(PortDecision.state(seen));
        awaited = isThePorts ? PortDecision.switchesAt(decision, seen) : PortDecision.OVER;
        totals.switches++;
        if (tap != null) {
            tap.switched(totals.switches);
        }
        if (decider != null) {
            decider.begin();
        }
        boolean sends = canSend(tx.side());
        long lostByOthers = sends ? 0 : lostByOthers(tx.side());
        long lost = tx.turnTo(side, active, sends, now);
        if (decider != null) {
            decider.expect(side != Sides.NONE && sends, lostByOthers + lost);
        }
        tx.awaitFirstBurst(side != Sides.NONE && awaited != PortDecision.OVER);
        receiver.turn(side);
    }

    /** What the port's other queues lose at most when a side fails: each follows by itself, and tells no number. */
    private long lostByOthers(int number) {
        long line = lines[number];
        return holds && TxCompletion.isProof(line) ? 0 : SideLine.otherRings(line);
    }

    /** Whether a side is a member and its link up. */
    private boolean canSend(int number) {
        return number != Sides.NONE && FailoverPolicy.isLinkUp(state, number);
    }

    private void firstBurst(long nanos) {
        if (decider != null) {
            decider.firstBurst(nanos, TxCompletion.of(tx.line()) == TxCompletion.AT_ONCE);
        } else {
            out.firstBurst(port, awaited, nanos);
        }
    }
}
