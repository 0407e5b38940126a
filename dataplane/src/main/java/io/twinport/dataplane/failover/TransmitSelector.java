package io.twinport.dataplane.failover;

import io.twinport.dataplane.SideLine;
import io.twinport.dataplane.Sides;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.LinkWord;
import java.lang.foreign.Arena;
import org.agrona.concurrent.NanoClock;

/** Which line transmits and which one is idle: the lines of both sides, their links, and the policy over them. */
final class TransmitSelector {
    /** What {@link #look} and its like return when the transmitting side has not changed. */
    static final int NO_SWITCH = -1;

    /** Inputs of one look, of each link one. */
    private static final int MOST_INPUTS = 2;

    private final int port;
    private final long events;
    private final PortEvents out;
    private final NanoClock clock;
    private final PolicyTimers timers;
    private final long decision;
    private final long scratch =
            Arena.global().allocate(LinkWord.LENGTH, Long.BYTES).address();
    private long primary = SideLine.NOTHING;
    private long standby = SideLine.NOTHING;
    private long active = SideLine.NOTHING;
    private long idle = SideLine.NOTHING;
    private int state;
    private int published;
    private long switches;
    private long decisionNanos;
    private long edgesSeen;

    // Inputs that have changed the state and have not been recorded.
    private final int[] inputs = new int[MOST_INPUTS];
    private final int[] before = new int[MOST_INPUTS];
    private final int[] after = new int[MOST_INPUTS];
    private final long[] nanos = new long[MOST_INPUTS];
    private int unrecorded;

    /**
     * @param events address of the port's {@link EventLine}
     * @param out where it tells what the policy was told
     * @param state of {@link FailoverPolicy}, without sides
     */
    TransmitSelector(int port, long events, PortEvents out, NanoClock clock, PolicyTimers timers, int state) {
        this.port = port;
        this.events = events;
        this.out = out;
        this.clock = clock;
        this.timers = timers;
        this.state = state;
        this.published = state;
        this.decision = PortDecision.allocate(state);
    }

    /** Address of the {@link PortDecision} that the port's other queues follow. */
    long decision() {
        return decision;
    }

    /** How often another side has come to transmit. */
    long switches() {
        return switches;
    }

    /** When the policy was told last what has changed its state. */
    long decisionNanos() {
        return decisionNanos;
    }

    /** The line that transmits; one without a device where neither side is ready. */
    long active() {
        return active;
    }

    /** The other side's line. */
    long idle() {
        return idle;
    }

    /** The line of a side, one without a device where that has left. */
    long line(int side) {
        return side == Sides.PRIMARY ? primary : side == Sides.STANDBY ? standby : SideLine.NOTHING;
    }

    /** Whether neither side is a member. */
    boolean isAlone() {
        return primary == SideLine.NOTHING && standby == SideLine.NOTHING;
    }

    int state() {
        return state;
    }

    /** One acquire-load: whether an interrupt has come since the last {@link #look}. */
    boolean hasEdge() {
        return EventLine.edges(events) != edgesSeen;
    }

    /** Whether an interrupt has come, or a link is not as the last {@link #look} found it. */
    boolean hasMoved() {
        return hasEdge() || hasMoved(Sides.PRIMARY, primary) || hasMoved(Sides.STANDBY, standby);
    }

    /** The same of the side that transmits, if there is one, alone. */
    boolean hasActiveMoved() {
        int side = FailoverPolicy.active(state);
        return hasEdge() || (side != Sides.NONE && hasMoved(side, active));
    }

    private boolean hasMoved(int side, long line) {
        return SideLine.isLinkUp(line, scratch) != FailoverPolicy.isLinkUp(state, side);
    }

    /**
     * Reads both links (U1: the event was only a hint) and decides. {@link #record} is to follow, after the burst that waits
     * for the decision.
     *
     * @return the event that made another side transmit, or {@link #NO_SWITCH}
     */
    int look() {
        // Before the words are read: an edge that comes after must not be taken for one that was seen.
        edgesSeen = EventLine.edges(events);
        int first = apply(
                SideLine.isLinkUp(primary, scratch)
                        ? FailoverPolicy.PRIMARY_LINK_UP
                        : FailoverPolicy.PRIMARY_LINK_DOWN);
        int second = apply(
                SideLine.isLinkUp(standby, scratch)
                        ? FailoverPolicy.STANDBY_LINK_UP
                        : FailoverPolicy.STANDBY_LINK_DOWN);
        return publish(first == NO_SWITCH ? second : first);
    }

    int join(int side, long line) {
        setLine(side, line);
        return decide(side == Sides.PRIMARY ? FailoverPolicy.PRIMARY_JOINED : FailoverPolicy.STANDBY_JOINED);
    }

    int leave(int side) {
        setLine(side, SideLine.NOTHING);
        return decide(FailoverPolicy.left(side));
    }

    /** Decides on an event that is not a device's. */
    int decide(int event) {
        int result = publish(apply(event));
        record();
        return result;
    }

    /** Tells of the inputs of the last {@link #look}, and has the timers follow them. */
    void record() {
        for (int i = 0; i < unrecorded; i++) {
            out.input(port, nanos[i], inputs[i], before[i], after[i]);
            timers.follow(after[i], nanos[i]);
        }
        unrecorded = 0;
    }

    private int apply(int event) {
        int next = FailoverPolicy.next(state, event);
        if (next == state) {
            return NO_SWITCH;
        }
        decisionNanos = clock.nanoTime();
        note(event, next);
        int was = FailoverPolicy.active(state);
        int now = FailoverPolicy.active(next);
        state = next;
        active = now == Sides.PRIMARY ? primary : now == Sides.STANDBY ? standby : SideLine.NOTHING;
        idle = now == Sides.PRIMARY ? standby : now == Sides.STANDBY ? primary : SideLine.NOTHING;
        return now == was ? NO_SWITCH : event;
    }

    private void note(int event, int next) {
        inputs[unrecorded] = event;
        before[unrecorded] = state;
        after[unrecorded] = next;
        nanos[unrecorded] = decisionNanos;
        unrecorded++;
    }

    /** The other queues hear of what has come of a look as a whole. */
    private int publish(int result) {
        if (state != published || result != NO_SWITCH) {
            published = state;
            switches += result == NO_SWITCH ? 0 : 1;
            PortDecision.publish(decision, state, switches);
        }
        return result;
    }

    private void setLine(int side, long line) {
        if (side == Sides.PRIMARY) {
            primary = line;
        } else {
            standby = line;
        }
    }
}
