package io.twinport.control.demo;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.Conductor;
import io.twinport.dataplane.failover.SwitchRecord;
import org.HdrHistogram.Histogram;

/** Collects the records of the switches, on the conductor's thread, and tells the demo when the next one has come. */
final class SwitchTimes implements Conductor.Listener {
    private static final long HIGHEST_NANOS = 60_000_000_000L;

    private final Histogram eventToBurst = new Histogram(HIGHEST_NANOS, 3);
    private final Histogram eventFirstToBurst = new Histogram(HIGHEST_NANOS, 3);
    private final Histogram cutToBurst = new Histogram(HIGHEST_NANOS, 3);
    private final Histogram failbackEventToBurst = new Histogram(HIGHEST_NANOS, 3);
    private final Histogram decisionToBurst = new Histogram(HIGHEST_NANOS, 3);
    private boolean counting;
    private long firstBurstNanos;
    private int failovers;
    private int failbacks;
    private int seenBeforeEvent;
    private long lastNanos;

    /** From now on switches count: the two sides' joining did not. */
    synchronized void start() {
        counting = true;
    }

    /** What comes now is the end of the demo. */
    synchronized void end() {
        counting = false;
    }

    /** The last failover was because of a cut at this instant: whoever cuts may know it later than the port has switched. */
    synchronized void cutAt(long nanos) {
        if (firstBurstNanos != 0) {
            cutToBurst.recordValue(Math.clamp(firstBurstNanos - nanos, 0, HIGHEST_NANOS));
        }
    }

    @Override
    public synchronized void onSwitch(SwitchRecord record) {
        if (!counting) {
            return;
        }
        long nanos = record.eventToBurstNanos();
        if (nanos >= 0) {
            decisionToBurst.recordValue(
                    Math.clamp(record.firstBurstNanos() - record.decisionNanos(), 0, HIGHEST_NANOS));
        }
        if (record.to() == Sides.STANDBY) {
            failovers++;
            seenBeforeEvent += record.isSeenBeforeEvent() ? 1 : 0;
            firstBurstNanos = record.firstBurstNanos();
            if (nanos >= 0) {
                lastNanos = nanos;
                eventToBurst.recordValue(Math.min(nanos, HIGHEST_NANOS));
                if (!record.isSeenBeforeEvent()) {
                    eventFirstToBurst.recordValue(Math.min(nanos, HIGHEST_NANOS));
                }
            }
        } else if (record.to() == Sides.PRIMARY) {
            failbacks++;
            if (nanos >= 0) {
                failbackEventToBurst.recordValue(Math.min(nanos, HIGHEST_NANOS));
            }
        }
    }

    @Override
    public void onLink(int port, int side, boolean up, long nanos) {
        // The demo cuts the links itself.
    }

    synchronized int failovers() {
        return failovers;
    }

    synchronized int failbacks() {
        return failbacks;
    }

    synchronized int seenBeforeEvent() {
        return seenBeforeEvent;
    }

    /** Of the last failover, from event to first burst. */
    synchronized long lastNanos() {
        return lastNanos;
    }

    synchronized long worstNanos() {
        return eventToBurst.getMaxValue();
    }

    synchronized Histogram eventToBurst() {
        return eventToBurst.copy();
    }

    synchronized Histogram decisionToBurst() {
        return decisionToBurst.copy();
    }

    synchronized Histogram eventFirstToBurst() {
        return eventFirstToBurst.copy();
    }

    synchronized Histogram cutToBurst() {
        return cutToBurst.copy();
    }

    synchronized Histogram failbackEventToBurst() {
        return failbackEventToBurst.copy();
    }
}
