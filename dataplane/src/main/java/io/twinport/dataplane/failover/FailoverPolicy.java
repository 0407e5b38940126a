package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;

/**
 * All decisions of a failover port, as one pure function {@code (state, event) -> state} over an {@code int}, so that
 * the poll loop can call it, a test can walk through every case, and a log of the events can be replayed. Time comes in
 * as events: {@link #waits} and {@link #isSettling} say which timer a state wants, and its end is an event.
 *
 * <pre>
 *   bit  21..18   17..16    15..13   12     11..10   9..8     7       6        5..4     3            2              1            0
 *      +-------+---------+-------+------+--------+--------+-------+--------+--------+------------+--------------+------------+--------------+
 *      |suspect| leaving | flaps | damp | forced |failback|settles|released| active | standby up | standby here | primary up | primary here |
 *      +-------+---------+-------+------+--------+--------+-------+--------+--------+------------+--------------+------------+--------------+
 * </pre>
 *
 * <table>
 * <caption>Who transmits, the first line that fits. {@code ready} is member, started and link up (R41).</caption>
 * <tr><th>primary</th><th>standby</th><th>also</th><th>transmits</th></tr>
 * <tr><td>not ready</td><td>not ready</td><td></td><td>nobody</td></tr>
 * <tr><td>not ready</td><td>ready</td><td></td><td>the standby</td></tr>
 * <tr><td>ready</td><td>not ready</td><td></td><td>the primary</td></tr>
 * <tr><td>ready</td><td>ready, dead</td><td>the primary is about to leave, and not suspected</td><td>the primary</td></tr>
 * <tr><td>ready</td><td>ready</td><td>one of them is about to leave</td><td>the other one</td></tr>
 * <tr><td>ready</td><td>ready</td><td>a side is forced</td><td>that side</td></tr>
 * <tr><td>ready, suspected</td><td>ready</td><td></td><td>the standby</td></tr>
 * <tr><td>ready</td><td>ready, dead</td><td></td><td>the primary</td></tr>
 * <tr><td>ready</td><td>ready</td><td>the standby transmits, the primary is not released</td><td>the standby</td></tr>
 * <tr><td>ready</td><td>ready</td><td></td><td>the primary</td></tr>
 * </table>
 *
 * <p>A primary that becomes ready while the standby transmits is <em>released</em>, which lets the traffic go back:
 * at once (R42, the kernel's rule); when a frame was received on it or a bounded time has passed (U12: it may be a black
 * hole); after a delay; or by an operator. A primary that fails again before it has settled has flapped; with damping on,
 * each flap beyond the first {@value #FREE_FLAPS} doubles the wait, and no frame shortens it.
 *
 * <p>A primary is <em>suspected</em> when its link is up and it is silent or stalled (U10), or has failed in part. A silent one
 * is taken back when a frame comes by it, however long that takes, a stalled one when it sends again, a failed one when it
 * has been started anew; an operator, or a link that was away, ends all three. A <em>dead</em> standby has its link up and moves nothing (U9): no event switches to it while the primary
 * still moves packets, only an operator who forces it; and where it had to be used it is left as soon as the primary is
 * ready, proven or not.
 */
public final class FailoverPolicy {
    public static final int PRIMARY_JOINED = 0;
    public static final int PRIMARY_LEFT = 1;
    public static final int PRIMARY_LINK_UP = 2;
    public static final int PRIMARY_LINK_DOWN = 3;
    public static final int STANDBY_JOINED = 4;
    public static final int STANDBY_LEFT = 5;
    public static final int STANDBY_LINK_UP = 6;
    public static final int STANDBY_LINK_DOWN = 7;

    /** A frame was received on the primary while the standby transmits. */
    public static final int PRIMARY_PROVEN = 8;

    /** The time that a state {@link #waits} for has passed. */
    public static final int WAIT_OVER = 9;

    /** The primary has transmitted without a fault for as long as {@link #isSettling} asks. */
    public static final int SETTLED = 10;

    /** An operator lets the traffic go back. */
    public static final int FAILBACK_COMMANDED = 11;

    public static final int FORCED_NONE = 12;
    public static final int FORCED_PRIMARY = 13;
    public static final int FORCED_STANDBY = 14;
    public static final int FAILBACK_AT_ONCE = 15;
    public static final int FAILBACK_WHEN_PROVEN = 16;
    public static final int FAILBACK_DELAYED = 17;
    public static final int FAILBACK_MANUAL = 18;
    public static final int DAMPING_ON = 19;
    public static final int DAMPING_OFF = 20;

    /** It is wanted back and will leave soon: the traffic goes to the other side first, if that is ready (U13). */
    public static final int PRIMARY_LEAVING = 21;

    public static final int STANDBY_LEAVING = 22;

    /** Nothing comes by the primary, though its link is up, and what should is seen at the standby. */
    public static final int PRIMARY_SILENT = 23;

    /** The primary takes frames and sends none (U10). */
    public static final int PRIMARY_STALLED = 24;

    /** A stalled primary sends again. */
    public static final int PRIMARY_RESUMED = 25;

    /** The standby moves nothing, though its link is up (U9). */
    public static final int STANDBY_DEAD = 26;

    public static final int STANDBY_ALIVE = 27;

    /** A part of the primary is dead while its link is up: one of its queues, for instance. */
    public static final int PRIMARY_FAILED = 28;

    /** The number of events: each is smaller. */
    static final int EVENTS = 29;

    /** Neither side is there; failback at once, nothing forced, no damping: the kernel's rules. */
    public static final int INITIAL = 0;

    /** A cable that is pulled and put back, or two: nothing to be punished. */
    static final int FREE_FLAPS = 2;

    private static final int PRIMARY_HERE = 1;
    private static final int PRIMARY_UP = 2;
    private static final int PRIMARY_READY = PRIMARY_HERE | PRIMARY_UP;
    private static final int STANDBY_HERE = 4;
    private static final int STANDBY_UP = 8;
    private static final int STANDBY_READY = STANDBY_HERE | STANDBY_UP;
    private static final int ACTIVE_SHIFT = 4;
    private static final int ACTIVE = 3 << ACTIVE_SHIFT;
    private static final int RELEASED = 1 << 6;
    private static final int SETTLING = 1 << 7;
    private static final int FAILBACK_SHIFT = 8;
    private static final int FAILBACK = 3 << FAILBACK_SHIFT;
    private static final int FORCED_SHIFT = 10;
    private static final int FORCED = 3 << FORCED_SHIFT;
    private static final int DAMPING = 1 << 12;
    private static final int FLAPS_SHIFT = 13;
    private static final int MOST_FLAPS = 7;
    private static final int FLAPS = MOST_FLAPS << FLAPS_SHIFT;
    private static final int PRIMARY_GOES = 1 << 16;
    private static final int STANDBY_GOES = 1 << 17;
    private static final int SILENT = 1 << 18;
    private static final int STALLED = 1 << 19;
    private static final int DEAD = 1 << 20;
    private static final int FAILED = 1 << 21;
    private static final int SUSPECT = SILENT | STALLED | FAILED;

    private FailoverPolicy() {}

    /** The state after an event; an event that changes nothing leaves it as it was. */
    public static int next(int state, int event) {
        int told = told(state, event);
        if (!has(told, PRIMARY_READY)) {
            told &= ~(RELEASED | SUSPECT);
        } else if (failback(told) == FAILBACK_AT_ONCE && !isDamped(told) && (told & SUSPECT) == 0) {
            told |= RELEASED;
        }
        if (!has(told, STANDBY_READY)) {
            told &= ~DEAD;
        }
        int before = active(state);
        int now = transmitter(told);
        int next = told & ~ACTIVE | now << ACTIVE_SHIFT;
        if (now == PRIMARY && before != PRIMARY) {
            // It needs no further leave, and the next time it needs one again; and it is watched anew.
            return next & ~(RELEASED | SUSPECT) | SETTLING;
        }
        if (before == PRIMARY && now != PRIMARY) {
            return flapped(next);
        }
        return now == PRIMARY ? next & ~(RELEASED | SUSPECT) : next;
    }

    /** Who transmits in this state, of {@code Sides}. */
    public static int active(int state) {
        return (state & ACTIVE) >>> ACTIVE_SHIFT;
    }

    /** The event that a side's device has left. */
    static int left(int side) {
        return side == PRIMARY ? PRIMARY_LEFT : STANDBY_LEFT;
    }

    /** Whether a side has a device in this state, which is started (R50: running). */
    public static boolean isHere(int state, int side) {
        return (state & (side == PRIMARY ? PRIMARY_HERE : STANDBY_HERE)) != 0;
    }

    /** Whether a side is ready in this state: member, started and link up (R41). */
    public static boolean isReady(int state, int side) {
        return has(state, side == PRIMARY ? PRIMARY_READY : STANDBY_READY);
    }

    /** Whether the primary is silent or stalled (U10), or has failed, in this state. */
    public static boolean isPrimarySuspect(int state) {
        return (state & SUSPECT) != 0;
    }

    /** Whether the primary is stalled in this state: {@link #PRIMARY_RESUMED} is awaited. */
    public static boolean isPrimaryStalled(int state) {
        return (state & STALLED) != 0;
    }

    /** Whether the standby is dead in this state (U9). */
    public static boolean isStandbyDead(int state) {
        return (state & DEAD) != 0;
    }

    /** Whether a side's link is up in this state. */
    public static boolean isLinkUp(int state, int side) {
        return (state & (side == PRIMARY ? PRIMARY_UP : STANDBY_UP)) != 0;
    }

    /** The side that an operator has forced, of {@code Sides}. */
    public static int forced(int state) {
        return (state & FORCED) >>> FORCED_SHIFT;
    }

    /** Whether a ready primary is being kept from the traffic until a time has passed: {@link #WAIT_OVER} is awaited. */
    public static boolean waits(int state) {
        return active(state) == STANDBY
                && has(state, PRIMARY_READY)
                && (state & (RELEASED | FORCED | PRIMARY_GOES | SUSPECT)) == 0
                && failback(state) != FAILBACK_MANUAL;
    }

    /** Whether a frame received on the primary would change something: it ends a silence, or a wait for proof. */
    public static boolean waitsForProof(int state) {
        return isSilent(state) || waits(state) && failback(state) == FAILBACK_WHEN_PROVEN && !isDamped(state);
    }

    /** Whether the primary was left for its silence. */
    private static boolean isSilent(int state) {
        return (state & SILENT) != 0 && active(state) == STANDBY;
    }

    /** Whether the primary transmits, but not long enough yet to be trusted: {@link #SETTLED} is awaited. */
    public static boolean isSettling(int state) {
        return (state & SETTLING) != 0 && active(state) == PRIMARY;
    }

    /** How many times the wait is doubled for the flaps so far. */
    public static int doublings(int state) {
        return isDamped(state) ? flaps(state) - FREE_FLAPS : 0;
    }

    private static int told(int state, int event) {
        return switch (event) {
            case PRIMARY_JOINED -> state | PRIMARY_HERE;
            case PRIMARY_LEFT -> state & ~(PRIMARY_READY | PRIMARY_GOES);
            case PRIMARY_LINK_UP -> state | PRIMARY_UP;
            case PRIMARY_LINK_DOWN -> state & ~PRIMARY_UP;
            case STANDBY_JOINED -> state | STANDBY_HERE;
            case STANDBY_LEFT -> state & ~(STANDBY_READY | STANDBY_GOES);
            case STANDBY_LINK_UP -> state | STANDBY_UP;
            case STANDBY_LINK_DOWN -> state & ~STANDBY_UP;
            case PRIMARY_PROVEN -> proven(state);
            case WAIT_OVER -> waits(state) ? state | RELEASED : state;
            case FAILBACK_COMMANDED -> active(state) == STANDBY ? state & ~SUSPECT | RELEASED : state;
            case SETTLED -> isSettling(state) ? state & ~(SETTLING | FLAPS) : state;
            case FORCED_NONE, FORCED_PRIMARY, FORCED_STANDBY -> state & ~FORCED | event - FORCED_NONE << FORCED_SHIFT;
            case FAILBACK_AT_ONCE, FAILBACK_WHEN_PROVEN, FAILBACK_DELAYED, FAILBACK_MANUAL ->
                state & ~FAILBACK | event - FAILBACK_AT_ONCE << FAILBACK_SHIFT;
            case PRIMARY_LEAVING -> (state & PRIMARY_HERE) != 0 ? state | PRIMARY_GOES : state;
            case STANDBY_LEAVING -> (state & STANDBY_HERE) != 0 ? state | STANDBY_GOES : state;
            case PRIMARY_SILENT -> active(state) == PRIMARY ? state | SILENT : state;
            case PRIMARY_STALLED -> active(state) == PRIMARY ? state | STALLED : state;
            case PRIMARY_RESUMED -> state & ~STALLED;
            case PRIMARY_FAILED -> active(state) == PRIMARY ? state | FAILED : state;
            case STANDBY_DEAD -> state | DEAD;
            case STANDBY_ALIVE -> state & ~DEAD;
            case DAMPING_ON -> state | DAMPING;
            case DAMPING_OFF -> state & ~(DAMPING | FLAPS);
            default -> state; // of a later version
        };
    }

    private static int proven(int state) {
        int heard = isSilent(state) ? state & ~SILENT : state;
        return waitsForProof(heard) ? heard | RELEASED : heard;
    }

    private static int transmitter(int state) {
        boolean primary = has(state, PRIMARY_READY);
        boolean standby = has(state, STANDBY_READY);
        if (!primary || !standby) {
            return primary ? PRIMARY : standby ? STANDBY : NONE;
        }
        boolean suspect = (state & SUSPECT) != 0;
        boolean dead = (state & DEAD) != 0;
        if ((state & PRIMARY_GOES) != 0 != ((state & STANDBY_GOES) != 0)) {
            return (state & PRIMARY_GOES) != 0 && (!dead || suspect) ? STANDBY : PRIMARY;
        }
        int forced = forced(state);
        if (forced != NONE) {
            return forced;
        }
        if (suspect || dead) {
            return suspect ? STANDBY : PRIMARY;
        }
        return active(state) == STANDBY && (state & RELEASED) == 0 ? STANDBY : PRIMARY;
    }

    /** The primary is left; if it had not settled it has flapped. */
    private static int flapped(int state) {
        boolean failed = (state & SETTLING) != 0 && (!has(state, PRIMARY_READY) || (state & SUSPECT) != 0);
        boolean counts = failed && (state & DAMPING) != 0 && flaps(state) < MOST_FLAPS;
        return (state & ~SETTLING) + (counts ? 1 << FLAPS_SHIFT : 0);
    }

    private static boolean isDamped(int state) {
        return (state & DAMPING) != 0 && flaps(state) > FREE_FLAPS;
    }

    private static int flaps(int state) {
        return (state & FLAPS) >>> FLAPS_SHIFT;
    }

    /** The mode, as the event that has set it. */
    private static int failback(int state) {
        return FAILBACK_AT_ONCE + ((state & FAILBACK) >>> FAILBACK_SHIFT);
    }

    private static boolean has(int state, int bits) {
        return (state & bits) == bits;
    }
}
