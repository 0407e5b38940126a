package io.twinport.control.lab;

import io.twinport.dataplane.Sides;

/**
 * What became of each frame of one direction. Only frames that a driver took have numbers, so that
 * {@code accepted = delivered + lost + dropped + suppressed + unexplained + outstanding} holds at any time.
 *
 * <p>A wire keeps the order of its frames: when one arrives, those before it on the same side that have not arrived are
 * missing:
 *
 * <ul>
 * <li><em>lost</em> if their wire was disturbed since they were accepted; shortly after a switch the port may still have
 *     been sending by the former side, so that one's wire counts too;
 * <li><em>dropped</em> if neither side was ready when the port took them (R41), which it counts itself;
 * <li><em>suppressed</em> if they were sent to the port, and that has changed sides meanwhile, or shortly before, and may have
 *     dropped what came by the other one, or what it could not tell from older frames in the ring of the new one: it counts
 *     both itself;
 * <li>else <em>unexplained</em>.
 * </ul>
 *
 * A missing frame that comes after all, out of a ring that was cut off and connected again, is delivered, and reordered.
 *
 * <p>For the poll thread; the result is read after the loop's end.
 */
final class SoakLedger {
    /**
     * Accepted frames whose fate is remembered: many times all rings, and a second even of those that the port drops as fast
     * as it gets them.
     */
    private static final int MEMORY = 1 << 24;

    /** More than a wire can hold, near end, far end, a burst, and what waits for its handover. */
    private static final int MOST_OUTSTANDING = 1 << 12;

    /** More than the port empties a ring of that may hold frames from before a switch: by bursts, of the largest ring. */
    static final int EMPTIED = 1 << 11;

    private static final int SIDE = 3;
    private static final int OUTSTANDING = 0;
    private static final int DELIVERED = 1;
    private static final int LOST = 2;
    private static final int DROPPED = 3;
    private static final int SUPPRESSED = 4;
    private static final int UNEXPLAINED = 5;
    private static final int FATES = 6;
    private static final int FATE_SHIFT = 2;

    private final Disruptions disruptions;
    private final byte[] memory = new byte[MEMORY];
    private final long[] counts = new long[FATES];
    private final Outstanding[] outstanding = {
        new Outstanding(), new Outstanding(), new Outstanding(),
    };
    private final boolean portReceives;
    private int activeSide;
    private int formerSide;
    private int switches;
    private long switchedAt = -MOST_OUTSTANDING;
    private long next;
    private long duplicated;
    private long reordered;
    private long strange;
    private long firstUnexplained = -1;

    /** Numbers on the way by one side, in order, each with what the disruptions and the switches were. */
    private static final class Outstanding {
        private final long[] numbers = new long[MOST_OUTSTANDING];
        private final int[] disruption = new int[MOST_OUTSTANDING];
        private final int[] formerSide = new int[MOST_OUTSTANDING];
        private final int[] formerDisruption = new int[MOST_OUTSTANDING];
        private final int[] switches = new int[MOST_OUTSTANDING];
        private long first;
        private long end;
    }

    /** @param portReceives whether it is the failover port that these frames are sent to, and that may suppress them */
    SoakLedger(Disruptions disruptions, boolean portReceives) {
        this.disruptions = disruptions;
        this.portReceives = portReceives;
    }

    /** The number of the next frame to be offered. */
    long next() {
        return next;
    }

    /** The next frames, so many, were taken by a side's driver. */
    void accepted(int side, int count) {
        Outstanding on = outstanding[side];
        int disruption = disruptions.of(side);
        // Long after a switch nothing is sent by the former side any more.
        int former = next - switchedAt < MOST_OUTSTANDING ? formerSide : side;
        int formerDisruption = disruptions.of(former);
        int since = next - switchedAt < EMPTIED ? switches - 1 : switches;
        for (int i = 0; i < count; i++) {
            if (on.end - on.first == MOST_OUTSTANDING) {
                settle(side);
            }
            forget(next - MEMORY);
            int at = (int) (on.end++ % MOST_OUTSTANDING);
            on.numbers[at] = next;
            on.disruption[at] = disruption;
            on.formerSide[at] = former;
            on.formerDisruption[at] = formerDisruption;
            on.switches[at] = since;
            memory[(int) (next++ % MEMORY)] = (byte) side;
            counts[OUTSTANDING]++;
        }
    }

    /** What is remembered of a number is about to be another one's: if nothing has become of it, it is missing. */
    private void forget(long number) {
        int known = memory[(int) (next % MEMORY)];
        if (number >= 0 && known >> FATE_SHIFT == OUTSTANDING) {
            Outstanding on = outstanding[known & SIDE];
            while (on.first < on.end && on.numbers[(int) (on.first % MOST_OUTSTANDING)] <= number) {
                settle(known & SIDE);
            }
        }
    }

    /** The port transmits by this side. */
    void active(int side) {
        if (side != activeSide) {
            formerSide = activeSide;
            activeSide = side;
            switchedAt = next;
            switches++;
        }
    }

    /**
     * A frame has arrived.
     *
     * @return the side by which it was sent; 0 if it is none of these frames
     */
    int arrived(long number) {
        if (number < 0 || number >= next || number < next - MEMORY) {
            strange++;
            return 0;
        }
        int known = memory[(int) (number % MEMORY)];
        int side = known & SIDE;
        int fate = known >> FATE_SHIFT;
        if (fate == OUTSTANDING) {
            Outstanding on = outstanding[side];
            while (on.numbers[(int) (on.first % MOST_OUTSTANDING)] != number) {
                settle(side);
            }
            on.first++;
        } else if (fate == DELIVERED) {
            duplicated++;
            return side;
        } else {
            reordered++;
        }
        become(number, DELIVERED);
        return side;
    }

    /** Nothing is on the way any more: what has not arrived is missing. */
    void end() {
        for (int side = 0; side < outstanding.length; side++) {
            while (outstanding[side].first < outstanding[side].end) {
                settle(side);
            }
        }
    }

    /** The oldest outstanding frame of a side is missing. */
    private void settle(int side) {
        Outstanding on = outstanding[side];
        int at = (int) (on.first++ % MOST_OUTSTANDING);
        long number = on.numbers[at];
        if (side == Sides.NONE) {
            become(number, DROPPED);
        } else if (Disruptions.explains(on.disruption[at], disruptions.of(side))
                || Disruptions.explains(on.formerDisruption[at], disruptions.of(on.formerSide[at]))) {
            become(number, LOST);
        } else if (portReceives && (side != activeSide || on.switches[at] != switches)) {
            become(number, SUPPRESSED);
        } else {
            become(number, UNEXPLAINED);
            firstUnexplained = firstUnexplained < 0 ? number : firstUnexplained;
        }
    }

    private void become(long number, int fate) {
        int at = (int) (number % MEMORY);
        counts[memory[at] >> FATE_SHIFT]--;
        counts[fate]++;
        memory[at] = (byte) (memory[at] & SIDE | fate << FATE_SHIFT);
    }

    long accepted() {
        return next;
    }

    /** Different frames that have arrived. */
    long delivered() {
        return counts[DELIVERED];
    }

    long lost() {
        return counts[LOST];
    }

    long dropped() {
        return counts[DROPPED];
    }

    long suppressed() {
        return counts[SUPPRESSED];
    }

    /** Missing, and nothing was done that explains it. */
    long unexplained() {
        return counts[UNEXPLAINED];
    }

    /** The first of them, -1 if there is none. */
    long firstUnexplained() {
        return firstUnexplained;
    }

    /** Further arrivals of frames that had arrived. */
    long duplicated() {
        return duplicated;
    }

    /** Frames among the delivered that came after later ones. */
    long reordered() {
        return reordered;
    }

    /** Arrivals of numbers that were never accepted, or long ago. */
    long strange() {
        return strange;
    }
}
