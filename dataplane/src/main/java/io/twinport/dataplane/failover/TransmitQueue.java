package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * What becomes of the frames of one queue around a switch: who gets them, who waits, who goes first. While there is
 * nothing of that kind it {@link #isOrdinary} and the port posts its bursts by the active line itself.
 *
 * <pre>
 *   in flight, to be posted again  -&gt;  backlog: kept frames  -&gt;  the burst at hand      the order in which frames go
 * </pre>
 *
 * <ul>
 * <li>A planned switch: the former side gets no more (but perhaps one last burst, see {@link Handover}); bursts go into
 *     the backlog, and from a full one back to the sender; then to the new side (U13).
 * <li>An unplanned one: to the new side at once; with {@link HoldSettings} those in flight first (U4).
 * <li>Neither side is ready: frames are dropped and counted, never given back (R41); with {@link HoldSettings} kept, the
 *     oldest dropped.
 * </ul>
 *
 * <p>Belongs to the poll loop of its port.
 */
final class TransmitQueue {
    /** The switch has had no burst yet. */
    private static final int AWAITS_BURST = 1;

    private static final int HANDOVER = 2;
    private static final int BACKLOG = 4;
    private static final int RESEND = 8;
    private static final int NOBODY = 16;
    private static final int HOLD = 32;

    private final PortTotals totals;
    private final boolean holds;
    private final long holdNanos;
    private final InFlight inFlight;
    private final MbufQueue backlog;
    private final Handover handover;
    private final MbufBurst scratch = new MbufBurst();

    /** Which of the states there are: 0 for the ordinary one. */
    private int mode;

    private long line = SideLine.NOTHING;
    private int nextSide;
    private long nextLine;
    private long overdueBefore;

    TransmitQueue(PortTotals totals, HoldSettings hold) {
        this.totals = totals;
        this.holds = hold.isOn();
        this.holdNanos = hold.time().toNanos();
        this.inFlight = new InFlight(holds ? hold.mbufs() : 2 * MbufBurst.CAPACITY, holdNanos);
        this.backlog = new MbufQueue(hold.mbufs());
        this.handover = new Handover(inFlight, holds);
        this.mode = NOBODY | (holds ? HOLD : 0);
    }

    /** The side that gets the frames: during a handover the former one. */
    int side() {
        return totals.side;
    }

    /** The line of {@link #side}. */
    long line() {
        return line;
    }

    boolean isHandingOver() {
        return (mode & HANDOVER) != 0;
    }

    /** Whether there is nothing to look after. */
    boolean isOrdinary() {
        return mode == 0;
    }

    /** Whether bursts go straight to the side that transmits. */
    boolean isDirect() {
        return (mode & ~AWAITS_BURST) == 0;
    }

    /** From a switch on, until {@link #hasFirstBurst}. */
    void awaitFirstBurst(boolean awaited) {
        mode = awaited ? mode | AWAITS_BURST : mode & ~AWAITS_BURST;
    }

    /** Says once after a switch that the new side has taken its first frames. */
    boolean hasFirstBurst() {
        boolean has = (mode & AWAITS_BURST) != 0 && !isHandingOver() && totals.sent > 0;
        mode = has ? mode & ~AWAITS_BURST : mode;
        return has;
    }

    /** Sends a frame that does not come from the handler, and counts it apart. Frees it if the driver does not take it. */
    void announce(long mbuf) {
        scratch.set(mbuf);
        int taken = SideLine.transmit(line, scratch.address(), 1);
        scratch.free(taken, 1);
        totals.announced += taken;
    }

    /** As {@code txBurst}, in any mode. */
    int transmit(long packets, int count, long now) {
        // What a handover waits for goes by the former side, however long that has taken.
        boolean isLastBurst = isHandingOver() && handover.wantsLastBurst() && backlog.isEmpty();
        if (!isLastBurst) {
            advance(now);
        }
        if ((mode & (NOBODY | HOLD)) == NOBODY) {
            Mbuf.free(packets, count);
            totals.dropped += count;
            return count;
        }
        int n = 0;
        if ((mode & (RESEND | BACKLOG | NOBODY)) == 0 && (!isHandingOver() || isLastBurst)) {
            n = post(packets, count, now);
        }
        if (n < count && (mode & (HANDOVER | RESEND | BACKLOG | NOBODY)) != 0) {
            n += keep(packets + (long) n * Long.BYTES, count - n, now);
        }
        totals.refused += count - n;
        return n;
    }

    /** Goes on with what does not depend on a burst; the housekeeping calls it where the handler sends nothing. */
    void advance(long now) {
        if (isHandingOver()) {
            handOver(now);
        }
        if (holds) {
            inFlight.release(line, now);
            expire(now);
        }
        if ((mode & (HANDOVER | NOBODY)) == 0) {
            if ((mode & RESEND) != 0) {
                resend(now);
            }
            if ((mode & (RESEND | BACKLOG)) == BACKLOG) {
                postBacklog(now);
            }
        }
    }

    private void handOver(long now) {
        if (handover.wantsLastBurst() && !backlog.isEmpty()) {
            postOldest(now);
        }
        if (handover.isOver(now)) {
            totals.notDrained += handover.isTimedOut() ? 1 : 0;
            move();
        }
    }

    /**
     * Another side is to transmit.
     *
     * @param sends whether {@link #side} can still send what it was given: its link is up and it is a member
     * @return frames that are lost at most
     */
    long turnTo(int newSide, long newLine, boolean sends, long now) {
        nextSide = newSide;
        nextLine = newLine;
        if (totals.side == Sides.NONE) {
            move();
            return 0;
        }
        if (newSide == totals.side) {
            // Taken back before the other side got a frame.
            endHandover();
            return 0;
        }
        if (!sends || newSide == Sides.NONE) {
            return cut(now);
        }
        if (!isHandingOver()) {
            mode |= HANDOVER;
            handover.begin(line, now);
        }
        handOver(now);
        return 0;
    }

    /**
     * The side that transmits has failed, or was taken away, before the other one could take over as planned.
     *
     * @return frames that are lost at most
     */
    long cut(long now) {
        long mayHold = Math.min(totals.sent, SideLine.txRing(line));
        if (!holds) {
            inFlight.clear();
            move();
            return mayHold;
        }
        int resends = inFlight.cut(line, now);
        long unknown = TxCompletion.isProof(line) ? inFlight.overdue() - overdueBefore : mayHold - resends;
        move();
        return Math.clamp(unknown, 0, mayHold);
    }

    /** Gives back all that is kept: there is no side that could ever get it. */
    void abandon() {
        inFlight.clear();
        drop(backlog.size());
        mode &= ~RESEND;
    }

    private void move() {
        endHandover();
        totals.turn(nextSide);
        line = nextLine;
        overdueBefore = inFlight.overdue();
        mode = nextSide == Sides.NONE ? mode | NOBODY : mode & ~NOBODY;
        if (inFlight.resends() > 0) {
            mode |= RESEND;
        }
        if (nextSide == Sides.NONE && !holds) {
            drop(backlog.size());
        }
    }

    private void endHandover() {
        mode &= ~HANDOVER;
        if (!holds) {
            inFlight.clear();
        }
        if (!backlog.isEmpty()) {
            mode |= BACKLOG;
        }
    }

    private int post(long packets, int count, long now) {
        int n = holds || isHandingOver() ? postCounted(packets, count, now) : SideLine.transmit(line, packets, count);
        totals.sent += n;
        return n;
    }

    private int postCounted(long packets, int count, long now) {
        int n = inFlight.post(line, packets, Math.min(count, MbufBurst.CAPACITY), now);
        if (n > 0) {
            handover.posted(now);
        } else if (count > 0) {
            handover.refused();
        }
        return n;
    }

    private void resend(long now) {
        int n = 1;
        while (n > 0 && inFlight.resends() > 0) {
            n = inFlight.resend(line, now);
            totals.sent += n;
            totals.resent += n;
        }
        if (inFlight.resends() == 0) {
            mode &= ~RESEND;
        }
    }

    private void postBacklog(long now) {
        int n = 1;
        while (n > 0 && !backlog.isEmpty()) {
            n = postOldest(now);
        }
        if (backlog.isEmpty()) {
            mode &= ~BACKLOG;
        }
    }

    private int postOldest(long now) {
        int count = Math.min(backlog.size(), MbufBurst.CAPACITY);
        backlog.copy(scratch.address(), count);
        int n = post(scratch.address(), count, now);
        backlog.remove(n);
        return n;
    }

    private int keep(long packets, int count, long now) {
        if ((mode & NOBODY) != 0) {
            drop(backlog.surplus(MbufQueue.mbufsOf(packets, count)));
        }
        int n = backlog.fitting(packets, count);
        for (int i = 0; i < n; i++) {
            backlog.add(UnsafeApi.getLong(packets + (long) i * Long.BYTES), now);
        }
        totals.held += n;
        mode |= n > 0 ? BACKLOG : 0;
        return n;
    }

    /** What has waited too long for a side to become ready. */
    private void expire(long now) {
        if ((mode & NOBODY) != 0) {
            drop(backlog.before(now - holdNanos));
            if (inFlight.resends() == 0) {
                mode &= ~RESEND;
            }
        }
    }

    private void drop(int count) {
        backlog.free(count);
        totals.holdDropped += count;
        if (backlog.isEmpty()) {
            mode &= ~BACKLOG;
        }
    }
}
