package io.twinport.dataplane.failover;

import io.twinport.dataplane.cnc.PortEvents;
import java.time.Duration;

/** Counts what the present switch costs: the port's totals now, less what they were at its decision. For the poll loop. */
final class SwitchTally {
    /** After that what is suppressed or dropped has another cause. */
    static final Duration LENGTH = Duration.ofSeconds(1);

    private final PortTotals totals;
    private boolean isOpen;
    private long endNanos;
    private long resent;
    private long suppressed;
    private long duplicates;
    private long held;
    private long dropped;
    private long notDrained;

    SwitchTally(PortTotals totals) {
        this.totals = totals;
    }

    void begin(long now) {
        isOpen = true;
        endNanos = now + LENGTH.toNanos();
        resent = totals.resent;
        suppressed = totals.suppressed;
        duplicates = totals.duplicates;
        held = totals.held;
        dropped = totals.dropped + totals.holdDropped;
        notDrained = totals.notDrained;
    }

    /** Whether there is a switch whose outcome has not been told. */
    boolean isOpen() {
        return isOpen;
    }

    /** The clock is to be read only while it {@link #isOpen}. */
    boolean isOver(long now) {
        return now - endNanos >= 0;
    }

    /** Tells the outcome, once. */
    void end(PortEvents out, int port, long sequence, long firstCompletedNanos, boolean planned) {
        isOpen = false;
        out.outcome(
                port,
                sequence,
                firstCompletedNanos,
                planned && totals.notDrained == notDrained,
                totals.resent - resent,
                totals.suppressed - suppressed,
                totals.duplicates - duplicates,
                totals.held - held,
                totals.dropped + totals.holdDropped - dropped);
    }
}
