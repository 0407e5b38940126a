package io.twinport.dataplane.failover;

import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.policy.FailoverPolicy;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A further queue of a {@link FailoverPort}, which is queue 0 and decides: this one follows at its next burst, by its own
 * lines of both sides. It has its own receiver, its own handover and its own counts, so that what is sent and received by one
 * queue, and with that a flow, keeps its order, and a queue that is idle holds up nobody.
 *
 * <p>Belongs to the thread of one poll loop, which may be another one than the port's.
 */
public final class FailoverQueue implements PacketPort, PolledQueue {
    private static final int HOUSEKEEPING_POLLS = FailoverPort.HOUSEKEEPING_POLLS;
    private static final int PUBLISH_POLLS = FailoverPort.PUBLISH_POLLS;

    private final int port;
    private final long decision;
    private final PortCounters counters;
    private final PortEvents out;
    private final NanoClock clock;
    private final PortTotals totals = new PortTotals();
    private final Receiver receiver;
    private final TransmitQueue tx;
    private long primary = SideLine.NOTHING;
    private long standby = SideLine.NOTHING;
    private long active = SideLine.NOTHING;
    private long seen;

    /** What the port has decided, without sides that this queue does not have any more. */
    private int state;

    private int side;
    private int polls;

    /** The switch whose first burst of this queue is awaited. */
    private long awaited;

    /**
     * @param port that decides
     * @param counters of this queue
     * @param out where it tells of first bursts; not another loop's
     */
    public FailoverQueue(FailoverPort port, PortCounters counters, PortEvents out) {
        this(port, counters, out, SystemNanoClock.INSTANCE);
    }

    /** For simulations: {@code clock} in place of the system's. */
    FailoverQueue(FailoverPort port, PortCounters counters, PortEvents out, NanoClock clock) {
        this.port = port.id();
        this.decision = port.decision();
        this.counters = counters;
        this.out = out;
        this.clock = clock;
        this.receiver = new Receiver(port.settings().receive(), port.idleWatch(), totals, clock, Receiver.MOST_POLLS);
        this.tx = new TransmitQueue(totals, port.settings().hold());
        this.seen = PortDecision.word(decision);
        this.state = PortDecision.state(seen);
        this.side = FailoverPolicy.active(state);
    }

    @Override
    public int rxBurst(long packets, int count) {
        if (++polls % HOUSEKEEPING_POLLS == 0) {
            housekeeping();
        }
        if (!receiver.isPlain()) {
            return receiveByRules(packets, count);
        }
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
        if (PortDecision.word(decision) != seen) {
            follow();
        }
        return tx.isOrdinary() ? post(packets, count) : transmitAroundSwitch(packets, count);
    }

    private int post(long packets, int count) {
        int n = SideLine.transmit(active, packets, count);
        totals.sent += n;
        totals.refused += count - n;
        return n;
    }

    /** As {@link FailoverPort} does. */
    private int transmitAroundSwitch(long packets, int count) {
        int n = tx.isDirect() ? post(packets, count) : tx.transmit(packets, count, clock.nanoTime());
        noteFirstBurst();
        return n;
    }

    /** The side that this queue transmits on: {@link Sides#NONE}, {@code PRIMARY} or {@code STANDBY}. */
    public int activeSide() {
        return side;
    }

    @Override
    public boolean hasSide(int number) {
        return number == Sides.PRIMARY || number == Sides.STANDBY;
    }

    /** Before the port's own join, which is the one that decides. */
    @Override
    public void join(int number, long line) {
        SideLine.enter(line);
        receiver.join(number, line);
        totals.use(number, line);
        setLine(number, line);
    }

    /** Before the port's own leave, or after it. */
    @Override
    public void leave(int number) {
        receiver.leave(number);
        totals.use(number, SideLine.NOTHING);
        setLine(number, SideLine.NOTHING);
        follow();
        if (primary == SideLine.NOTHING && standby == SideLine.NOTHING) {
            tx.abandon();
        }
        publish();
    }

    /** It decides nothing. */
    @Override
    public void decide(int event) {}

    @Override
    public void inject(long mbuf) {
        tx.announce(mbuf);
    }

    /** The port has decided, or is about to: if another side transmits, so does it here from now on. */
    private void follow() {
        long word = PortDecision.word(decision);
        seen = word;
        state = without(Sides.STANDBY, without(Sides.PRIMARY, PortDecision.state(word)));
        int now = FailoverPolicy.active(state);
        if (now != side) {
            boolean decided = now == FailoverPolicy.active(PortDecision.state(word));
            turn(now, decided ? PortDecision.switchesAt(decision, word) : PortDecision.OVER);
        } else if (tx.isHandingOver() && !canSend(tx.side())) {
            tx.cut(clock.nanoTime());
        }
    }

    /** A side that has left this queue, the port will hear of in its own loop; what it makes of that is known here now. */
    private int without(int number, int decided) {
        return line(number) == SideLine.NOTHING ? FailoverPolicy.next(decided, FailoverPolicy.left(number)) : decided;
    }

    private void turn(int now, long number) {
        totals.switches++;
        side = now;
        active = line(now);
        tx.turnTo(now, active, canSend(tx.side()), clock.nanoTime());
        receiver.turn(now);
        awaited = number;
        tx.awaitFirstBurst(now != Sides.NONE && number != PortDecision.OVER);
    }

    /** Whether a side is a member and its link up. */
    private boolean canSend(int number) {
        return number != Sides.NONE && FailoverPolicy.isLinkUp(state, number);
    }

    private void noteFirstBurst() {
        if (tx.hasFirstBurst()) {
            out.firstBurst(port, awaited, clock.nanoTime());
        }
    }

    private void housekeeping() {
        if (PortDecision.word(decision) != seen) {
            follow();
        }
        if (!tx.isOrdinary()) {
            tx.advance(clock.nanoTime());
            noteFirstBurst();
        }
        receiver.drain();
        if (receiver.hasProof()) {
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
    }

    private void prove() {
        if (FailoverPolicy.waitsForProof(PortDecision.state(seen))) {
            PortDecision.prove(decision, seen);
        }
    }

    private long line(int number) {
        return number == Sides.PRIMARY ? primary : number == Sides.STANDBY ? standby : SideLine.NOTHING;
    }

    private void setLine(int number, long line) {
        if (number == Sides.PRIMARY) {
            primary = line;
        } else {
            standby = line;
        }
        active = line(side);
    }
}
