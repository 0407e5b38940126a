package io.twinport.dataplane;

import java.util.List;

/** The two sides of a failover port, as the numbers that stand in messages, records and policies. */
public final class Sides {
    /** Neither side. */
    public static final int NONE = 0;

    public static final int PRIMARY = 1;
    public static final int STANDBY = 2;

    /** How many a port has. */
    public static final int COUNT = 2;

    /** Length of an array whose index is a side, {@link #NONE} too. */
    public static final int ARRAY = COUNT + 1;

    /** Both, for control threads: the numbers are boxed. */
    public static final List<Integer> BOTH = List.of(PRIMARY, STANDBY);

    private Sides() {}

    /** Where a side stands in an array of {@link #COUNT}. */
    public static int index(int side) {
        return side - PRIMARY;
    }

    /** The side beside a given one. */
    public static int other(int side) {
        return side == PRIMARY ? STANDBY : PRIMARY;
    }
}
