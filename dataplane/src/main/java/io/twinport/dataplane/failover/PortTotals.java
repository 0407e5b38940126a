package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.line.SideLine;

/**
 * What a failover port has counted since its start; the poll thread's own, published by {@link PortCounters} now and then.
 * Each part of the port adds to its own fields. A new one is a field here, a line of {@link PortCounter}, and where it is counted.
 */
public final class PortTotals {
    /** Frames delivered to the handler. */
    long received;

    /** Frames that the primary's driver took; those of the active side only up to the last switch, see {@link #sent}. */
    long sentByPrimary;

    /** The same of the standby's. */
    long sentByStandby;

    /** Frames that the active side's driver has taken since the last switch. */
    long sent;

    /** Frames that were given back to the sender: the driver had no room, or a wait was on and the buffer full. */
    long refused;

    /** Frames that were taken and freed, because neither side was ready (R41). */
    long dropped;

    /** Frames that had to wait, for a handover or, held, for a side to become ready. */
    long held;

    /** Those of them that were freed: too old, too many, or with no side left to go to. */
    long holdDropped;

    /** Frames that were in flight at a cut and that the other side has sent again; the sides' counts have them twice. */
    long resent;

    /** Planned switches whose former side had not told in time that its ring was empty. */
    long notDrained;

    /** Frames that were received and not delivered, because of their side or their age (U2, R52). */
    long suppressed;

    /** Frames that were not delivered because their copy by the other side was (U8). */
    long duplicates;

    /** Frames among those delivered that the side had received before it transmitted (U2). */
    long lookback;

    /** Delivered frames whose copies were no longer awaited for want of room, so that those were delivered too (U8). */
    long forgotten;

    /** Frames of control threads that a driver took. */
    long announced;

    /** Frames among those that drivers took that could never be made ready, and were freed (U5). */
    long unsendable;

    long switches;

    /** When the last frame came by the side that was left at the latest switch; 0 where none came. */
    long lastOfFormerNanos;

    /** The side that gets the frames, of {@link Sides}: {@link #sent} are its. */
    int side;

    /** By side: the line whose frames are counted, 0 before one has joined; and what it has said so far of frames that could never be sent. */
    private final long[] lines = new long[Sides.ARRAY];

    private final long[] unsendableSeen = new long[Sides.ARRAY];

    /** What the primary has received while it was idle, and the standby. */
    final Idle idlePrimary = new Idle();

    final Idle idleStandby = new Idle();

    /** What came by a side while it was idle. */
    static final class Idle {
        long frames;

        /** Those that the port itself had sent: the network brings them back by the other side. */
        long own;

        /** Those to the port's own address: the network has learnt that it is here. */
        long toUs;
    }

    /** A side has another line from now on, {@link SideLine#NOTHING} when it has left. */
    void use(int of, long line) {
        bookUnsendable();
        lines[of] = line;
        unsendableSeen[of] = SideLine.unsendable(line);
    }

    /** Brings {@link #unsendable} up to date. */
    void bookUnsendable() {
        for (int of = Sides.PRIMARY; of <= Sides.STANDBY; of++) {
            if (lines[of] != 0) {
                long now = SideLine.unsendable(lines[of]);
                unsendable += now - unsendableSeen[of];
                unsendableSeen[of] = now;
            }
        }
    }

    Idle idle(int side) {
        return side == Sides.PRIMARY ? idlePrimary : idleStandby;
    }

    /** What a side's driver has taken so far. */
    long sentBy(int of) {
        return (of == Sides.PRIMARY ? sentByPrimary : sentByStandby) + (of == side ? sent : 0);
    }

    /** Books what the side that is being left has sent; from now on another one gets the frames. */
    void turn(int next) {
        if (side == Sides.PRIMARY) {
            sentByPrimary += sent;
        } else if (side == Sides.STANDBY) {
            sentByStandby += sent;
        }
        sent = 0;
        side = next;
    }
}
