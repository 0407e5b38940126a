package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.LinkWord;
import java.lang.foreign.Arena;
import java.util.stream.Stream;
import org.agrona.concurrent.NanoClock;

/**
 * Which side of a port transmits: reads the links of both sides, tells the policy and its timers, and publishes what comes of
 * it as a {@link PortDecision}, which all queues of the port follow. It has no frames, so what a switch has cost it is told by queue
 * 0, whose loop it belongs to; it tells the story of the switch.
 */
final class Decider {
    /** Bursts between two looks at the link word of the side that gets them. */
    private static final int LOOK_BURSTS = 2;

    /** Changes that one look can find, of each link one. */
    private static final int MOST_INPUTS = 2;

    /** What {@link #apply} returns when the same side transmits as before. */
    private static final int NO_SWITCH = -1;

    private final int port;
    private final long events;
    private final PortEvents out;
    private final NanoClock clock;
    private final PolicyTimers timers;
    private final PresentSwitch present;
    private final long decision;
    private final long[] lines = {SideLine.NOTHING, SideLine.NOTHING, SideLine.NOTHING};
    private final long scratch =
            Arena.global().allocate(LinkWord.LENGTH, Long.BYTES).address();
    private int state;
    private int published;
    private int told;
    private int bursts;
    private long edgesSeen;

    // Of the latest switch.
    private long switches;
    private int cause;
    private long eventNanos;
    private long decisionNanos;

    private final Input[] inputs =
            Stream.generate(Input::new).limit(MOST_INPUTS).toArray(Input[]::new);
    private int unrecorded;

    /** What the policy was told and has not been recorded yet. */
    private static final class Input {
        long nanos;
        int event;
        int before;
        int after;
    }

    /**
     * @param port its number in messages
     * @param events address of the {@link EventLine} of both sides
     * @param totals of queue 0, by which a switch is measured
     * @param out where it tells of links, inputs and switches
     */
    Decider(int port, long events, FailbackSettings failback, PortTotals totals, PortEvents out, NanoClock clock) {
        this.port = port;
        this.events = events;
        this.out = out;
        this.clock = clock;
        this.timers = new PolicyTimers(failback.delay(), failback.settle());
        this.present = new PresentSwitch(port, totals, out);
        this.state = failback.initialState();
        this.published = state;
        this.told = state;
        this.decision = PortDecision.allocate(state);
    }

    /** Address of the {@link PortDecision}. */
    long decision() {
        return decision;
    }

    /** Called before each burst: whether an interrupt has come or, every other time, the link of the side that gets it has moved. */
    boolean isDue() {
        return ++bursts % LOOK_BURSTS == 0 ? hasActiveMoved() : hasEdge();
    }

    /** Whether an interrupt has come since the last {@link #look}, or the link of the side that transmits is not as that found it. */
    boolean hasActiveMoved() {
        return hasEdge() || hasMoved(FailoverPolicy.active(state));
    }

    /** The same of both sides. */
    boolean hasMoved() {
        return hasEdge() || hasMoved(Sides.PRIMARY) || hasMoved(Sides.STANDBY);
    }

    private boolean hasEdge() {
        return EventLine.edges(events) != edgesSeen;
    }

    private boolean hasMoved(int side) {
        return SideLine.isLinkUp(lines[side], scratch) != FailoverPolicy.isLinkUp(state, side);
    }

    /**
     * Reads both links (U1: the event was only a hint) and decides. {@link #record} is to follow, after the burst that waits
     * for the decision.
     */
    void look() {
        // Before the words are read: an edge that comes after must not be taken for one that was seen.
        edgesSeen = EventLine.edges(events);
        boolean primaryUp = SideLine.isLinkUp(lines[Sides.PRIMARY], scratch);
        int first = apply(primaryUp ? FailoverPolicy.PRIMARY_LINK_UP : FailoverPolicy.PRIMARY_LINK_DOWN);
        boolean standbyUp = SideLine.isLinkUp(lines[Sides.STANDBY], scratch);
        int second = apply(standbyUp ? FailoverPolicy.STANDBY_LINK_UP : FailoverPolicy.STANDBY_LINK_DOWN);
        // Not before: of an edge that comes in between the look would know, and its instant would stay for the next
        // switch.
        publish(first == NO_SWITCH ? second : first, EventLine.takeEventNanos(events));
    }

    void join(int side, long line) {
        lines[side] = line;
        decide(side == Sides.PRIMARY ? FailoverPolicy.PRIMARY_JOINED : FailoverPolicy.STANDBY_JOINED);
    }

    void leave(int side) {
        lines[side] = SideLine.NOTHING;
        decide(FailoverPolicy.left(side));
    }

    /** Decides on an event that is not a link's. {@link #record} is to follow. */
    void decide(int event) {
        publish(apply(event), 0);
    }

    void setFailbackDelay(long nanos) {
        timers.setWait(nanos);
    }

    /** Decides on what a timer says; {@link #record} is to follow. The clock is read only while one runs. */
    void expire() {
        if (timers.isRunning()) {
            int event = timers.due(clock.nanoTime());
            if (event != PolicyTimers.NONE) {
                decide(event);
            }
        }
    }

    /** A frame has come by the side that does not transmit: none from before, for its ring is always emptied (U12). */
    void prove() {
        if (FailoverPolicy.waitsForProof(state)) {
            decide(FailoverPolicy.PRIMARY_PROVEN);
        }
    }

    /** Whether another queue says so. */
    boolean isProven() {
        return PortDecision.isProven(decision);
    }

    private int apply(int event) {
        int next = FailoverPolicy.next(state, event);
        if (next == state) {
            return NO_SWITCH;
        }
        if (unrecorded == MOST_INPUTS) {
            record();
        }
        decisionNanos = clock.nanoTime();
        Input input = inputs[unrecorded++];
        input.nanos = decisionNanos;
        input.event = event;
        input.before = state;
        input.after = next;
        boolean isSwitch = FailoverPolicy.active(next) != FailoverPolicy.active(state);
        state = next;
        return isSwitch ? event : NO_SWITCH;
    }

    /** The queues hear of what has come of a look as a whole. */
    private void publish(int event, long nanos) {
        if (event != NO_SWITCH) {
            switches++;
            cause = event;
            // An event that came too late was no reason.
            eventNanos = nanos - decisionNanos > 0 ? 0 : nanos;
        }
        if (state != published || event != NO_SWITCH) {
            published = state;
            PortDecision.publish(decision, state, switches);
        }
    }

    /** Tells what the policy was told, and has the timers follow. */
    void record() {
        for (int i = 0; i < unrecorded; i++) {
            Input input = inputs[i];
            out.input(port, input.nanos, input.event, input.before, input.after);
            timers.follow(input.after, input.nanos);
        }
        unrecorded = 0;
    }

    /** Queue 0 follows the latest switch now. */
    void begin() {
        present.begin(switches, FailoverPolicy.active(state), cause, eventNanos, decisionNanos);
    }

    /**
     * What queue 0 knows of the latest switch.
     *
     * @param planned whether the side that is left can still send
     * @param lostAtMost frames, if it cannot
     */
    void expect(boolean planned, long lostAtMost) {
        // A side that has left has its link yet: control gives it the time to send, and counts what it has not.
        boolean hasLeft = cause == FailoverPolicy.PRIMARY_LEFT || cause == FailoverPolicy.STANDBY_LEFT;
        present.expect(planned, hasLeft ? 0 : lostAtMost);
    }

    /** The side that was being left has failed before it was empty: the switch is an unplanned one now. */
    void expectNoMore(long lostAtMost) {
        present.expect(false, lostAtMost);
    }

    /** @param completed whether the driver has sent what it has taken */
    void firstBurst(long nanos, boolean completed) {
        present.firstBurst(nanos, completed);
    }

    /**
     * Tells of link changes, and of a switch that has had no burst yet.
     *
     * @param isHandingOver then it ends soon, and until then what is lost is not known
     */
    void tell(boolean isHandingOver) {
        if (state != told) {
            tellLink(Sides.PRIMARY);
            tellLink(Sides.STANDBY);
            told = state;
        }
        if (present.isUntold() && !isHandingOver) {
            present.tell();
        }
    }

    private void tellLink(int side) {
        boolean up = FailoverPolicy.isLinkUp(state, side);
        if (up != FailoverPolicy.isLinkUp(told, side)) {
            out.link(port, side, up, clock.nanoTime());
        }
    }

    /** Tells what a switch has cost, when it is over. */
    void endSwitch() {
        if (present.isOpen() && present.isOver(clock.nanoTime())) {
            present.end();
        }
    }
}
