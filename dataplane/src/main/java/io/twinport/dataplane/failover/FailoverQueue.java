package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PollMember;
import io.twinport.dataplane.SideLine;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A further queue of a {@link FailoverPort}, which is queue 0 and decides: this one follows at its next burst, by its own
 * lines of both sides. It has its own receive window and its own counts, so that what is sent and received by one queue,
 * and with that a flow, keeps its order, and a queue that is idle holds up nobody.
 *
 * <p>Belongs to the thread of one poll loop, which may be another one than the port's.
 */
public final class FailoverQueue implements PacketPort, PollMember {
    private static final int HOUSEKEEPING_POLLS = FailoverPort.HOUSEKEEPING_POLLS;
    private static final int PUBLISH_POLLS = FailoverPort.PUBLISH_POLLS;
    private static final int DRAIN_BURSTS = FailoverPort.DRAIN_BURSTS;

    private final int port;
    private final long decision;
    private final PortCounters counters;
    private final PortEvents out;
    private final NanoClock clock;
    private final ReceiveWindow window = new ReceiveWindow();
    private final PortTotals totals = new PortTotals();
    private final MbufBurst drain = new MbufBurst();
    private final MbufBurst single = new MbufBurst();
    private long primary = SideLine.NOTHING;
    private long standby = SideLine.NOTHING;
    private long active = SideLine.NOTHING;
    private long idle = SideLine.NOTHING;
    private long seen;
    private int side;
    private int polls;

    /** The switch whose first burst of this queue is awaited, or {@link PortDecision#OVER}. */
    private long awaited = PortDecision.OVER;

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
        this.seen = PortDecision.word(decision);
        this.side = FailoverPolicy.active(PortDecision.state(seen));
    }

    @Override
    public int rxBurst(long packets, int count) {
        if (++polls % HOUSEKEEPING_POLLS == 0) {
            housekeeping();
        }
        if (window.isOpen()) {
            return receiveFromBoth(packets, count);
        }
        int n = SideLine.receive(active, packets, count);
        totals.received += n;
        return n;
    }

    /** As {@link FailoverPort} does. */
    private int receiveFromBoth(long packets, int count) {
        int n = 0;
        if (window.isOver(clock.nanoTime())) {
            window.close();
        } else {
            n = window.receive(line(window.side()), packets, count);
            totals.suppressed += window.dropped();
            if (n + window.dropped() > 0) {
                prove();
            }
        }
        if (n < count) {
            n += SideLine.receive(active, packets + (long) n * Long.BYTES, count - n);
        }
        totals.received += n;
        return n;
    }

    @Override
    public int txBurst(long packets, int count) {
        if (PortDecision.word(decision) != seen) {
            follow();
        }
        int n = SideLine.transmit(active, packets, count);
        totals.sent += n;
        totals.refused += count - n;
        if (awaited != PortDecision.OVER && n > 0) {
            firstBurst();
        }
        return n;
    }

    /** The side that this queue transmits on: {@link FailoverPolicy#NONE}, {@code PRIMARY} or {@code STANDBY}. */
    public int activeSide() {
        return side;
    }

    @Override
    public boolean hasSide(int number) {
        return number == FailoverPolicy.PRIMARY || number == FailoverPolicy.STANDBY;
    }

    /** Before the port's own join, which is the one that decides. */
    @Override
    public void join(int number, long line) {
        SideLine.enter(line);
        setLine(number, line);
    }

    /** After the port's own leave. */
    @Override
    public void leave(int number) {
        follow();
        setLine(number, SideLine.NOTHING);
        publish();
    }

    /** It decides nothing. */
    @Override
    public void decide(int event) {}

    @Override
    public void transmit(long mbuf) {
        single.set(mbuf);
        int taken = SideLine.transmit(active, single.address(), 1);
        single.free(taken, 1);
        totals.announced += taken;
    }

    /** The port has decided; if another side transmits, so does it here from now on. */
    private void follow() {
        long word = PortDecision.word(decision);
        seen = word;
        int now = FailoverPolicy.active(PortDecision.state(word));
        if (now == side) {
            return;
        }
        totals.switches++;
        totals.foldSent(side);
        if (now == FailoverPolicy.NONE) {
            window.close();
            awaited = PortDecision.OVER;
        } else {
            window.open(side, clock.nanoTime());
            awaited = PortDecision.switchesAt(decision, word);
        }
        side = now;
        choose();
    }

    private void firstBurst() {
        out.firstBurst(port, awaited, clock.nanoTime());
        awaited = PortDecision.OVER;
    }

    private void housekeeping() {
        if (PortDecision.word(decision) != seen) {
            follow();
        }
        if (!window.isOpen()) {
            drain();
        }
        if (polls % PUBLISH_POLLS == 0) {
            publish();
        }
    }

    /** Brings the counters up to date. */
    void publish() {
        counters.publish(totals, side);
    }

    /** As {@link FailoverPort} does (U2). */
    private void drain() {
        int n;
        int bursts = 0;
        do {
            n = SideLine.receive(idle, drain.address(), MbufBurst.CAPACITY);
            drain.free(0, n);
            totals.suppressed += n;
        } while (n == MbufBurst.CAPACITY && ++bursts < DRAIN_BURSTS);
        if ((n | bursts) != 0) {
            prove();
        }
    }

    private void prove() {
        if (FailoverPolicy.waitsForProof(PortDecision.state(seen))) {
            PortDecision.prove(decision, seen);
        }
    }

    private long line(int number) {
        return number == FailoverPolicy.PRIMARY
                ? primary
                : number == FailoverPolicy.STANDBY ? standby : SideLine.NOTHING;
    }

    private void setLine(int number, long line) {
        if (number == FailoverPolicy.PRIMARY) {
            primary = line;
        } else {
            standby = line;
        }
        choose();
    }

    private void choose() {
        active = line(side);
        idle = side == FailoverPolicy.NONE
                ? SideLine.NOTHING
                : line(FailoverPolicy.PRIMARY + FailoverPolicy.STANDBY - side);
    }
}
