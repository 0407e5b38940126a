package io.twinport.dataplane.failover;

/**
 * All decisions of a failover port, as one pure function {@code (state, event) -> state} over an {@code int}, so that
 * the poll loop can call it and a test can walk through every case.
 *
 * <pre>
 *   bit   7..6   5..4     3            2              1            0
 *        +----+--------+------------+--------------+------------+--------------+
 *        | 0  | active | standby up | standby here | primary up | primary here |
 *        +----+--------+------------+--------------+------------+--------------+
 * </pre>
 *
 * <p>R41: the primary transmits if it is ready, else the standby if it is ready, else nobody; {@code ready(d)} is
 * member, started and link up. R42: the way back is at once, without delay or hysteresis.
 */
public final class FailoverPolicy {
    /** No side. */
    public static final int NONE = 0;

    public static final int PRIMARY = 1;
    public static final int STANDBY = 2;

    public static final int PRIMARY_JOINED = 0;
    public static final int PRIMARY_LEFT = 1;
    public static final int PRIMARY_LINK_UP = 2;
    public static final int PRIMARY_LINK_DOWN = 3;
    public static final int STANDBY_JOINED = 4;
    public static final int STANDBY_LEFT = 5;
    public static final int STANDBY_LINK_UP = 6;
    public static final int STANDBY_LINK_DOWN = 7;

    /** Neither side is there. */
    public static final int INITIAL = 0;

    private static final int PRIMARY_HERE = 1;
    private static final int PRIMARY_UP = 2;
    private static final int PRIMARY_READY = PRIMARY_HERE | PRIMARY_UP;
    private static final int STANDBY_HERE = 4;
    private static final int STANDBY_UP = 8;
    private static final int STANDBY_READY = STANDBY_HERE | STANDBY_UP;
    private static final int INPUTS = PRIMARY_READY | STANDBY_READY;
    private static final int ACTIVE_SHIFT = 4;

    private FailoverPolicy() {}

    /** The state after an event; an event that changes nothing leaves it as it was. */
    public static int next(int state, int event) {
        int inputs = INPUTS
                & switch (event) {
                    case PRIMARY_JOINED -> state | PRIMARY_HERE;
                    case PRIMARY_LEFT -> state & ~PRIMARY_READY;
                    case PRIMARY_LINK_UP -> state | PRIMARY_UP;
                    case PRIMARY_LINK_DOWN -> state & ~PRIMARY_UP;
                    case STANDBY_JOINED -> state | STANDBY_HERE;
                    case STANDBY_LEFT -> state & ~STANDBY_READY;
                    case STANDBY_LINK_UP -> state | STANDBY_UP;
                    case STANDBY_LINK_DOWN -> state & ~STANDBY_UP;
                    default -> state;
                };
        return inputs | transmitter(inputs) << ACTIVE_SHIFT;
    }

    /** Who transmits in this state: {@link #NONE}, {@link #PRIMARY} or {@link #STANDBY}. */
    public static int active(int state) {
        return state >>> ACTIVE_SHIFT;
    }

    /** Whether a side's link is up in this state. */
    public static boolean isLinkUp(int state, int side) {
        return (state & (side == PRIMARY ? PRIMARY_UP : STANDBY_UP)) != 0;
    }

    private static int transmitter(int inputs) {
        if ((inputs & PRIMARY_READY) == PRIMARY_READY) {
            return PRIMARY;
        }
        return (inputs & STANDBY_READY) == STANDBY_READY ? STANDBY : NONE;
    }
}
