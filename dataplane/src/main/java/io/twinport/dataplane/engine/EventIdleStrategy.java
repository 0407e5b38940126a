package io.twinport.dataplane.engine;

import io.twinport.posix.EventSet;
import org.agrona.concurrent.IdleStrategy;

/**
 * An agent without work sleeps until it is woken, or for a few milliseconds: a thread that looks every millisecond takes
 * one CPU in twenty from whatever shares that CPU.
 */
final class EventIdleStrategy implements IdleStrategy {
    private static final int MILLIS = 5;

    private final EventSet wake;

    /** @param wake of which any event ends the sleep */
    EventIdleStrategy(EventSet wake) {
        this.wake = wake;
    }

    @Override
    public void idle(int workCount) {
        if (workCount == 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        wake.await(MILLIS);
    }

    @Override
    public void reset() {
        // Each sleep is as long as the last one.
    }
}
