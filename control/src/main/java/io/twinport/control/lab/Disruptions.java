package io.twinport.control.lab;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What a control thread does to the wires, as the poll thread sees it: a number for each side, odd from the moment before a
 * wire is disturbed until it is whole again. A frame that was accepted and never came is explained if the number of its
 * side was odd or has changed since; else something has lost it that nobody has cut.
 */
final class Disruptions {
    private final AtomicIntegerArray sides = new AtomicIntegerArray(3);

    /** Before anything is done to the side's wire. */
    void begin(int side) {
        int now = sides.get(side);
        sides.set(side, now | 1);
    }

    /** The side's wire is whole. */
    void end(int side) {
        int now = sides.get(side);
        sides.set(side, now + (now & 1));
    }

    /** Any thread. */
    int of(int side) {
        return sides.getAcquire(side);
    }

    static boolean explains(int accepted, int now) {
        return (accepted & 1) != 0 || accepted != now;
    }
}
