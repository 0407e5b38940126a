package io.twinport.control.metrics;

import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortMonitor;
import io.twinport.dataplane.failover.PortStatistics;
import io.twinport.dataplane.failover.StandbyHealth;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A failover port, as those see it who ask for its numbers.
 *
 * @param name by which they know it
 * @param counters of the port itself
 * @param monitor of its sides
 */
public record MeasuredPort(String name, PortCounters counters, PortMonitor monitor) {
    /** What the port itself counts, whatever the side. */
    static final List<Own> OWN = List.of(
            new Own("received_frames", "Frames given to the handler.", PortCounters::received),
            new Own("refused_frames", "Frames from the handler that no driver took.", PortCounters::refused),
            new Own(
                    "dropped_frames",
                    "Frames freed because neither side was ready.",
                    counters -> counters.dropped() + counters.holdDropped()),
            new Own("resent_frames", "Frames sent again by the other side after a cut.", PortCounters::resent),
            new Own(
                    "suppressed_frames",
                    "Frames that the idle side received and nobody got.",
                    PortCounters::suppressed),
            new Own(
                    "duplicate_frames",
                    "Frames that came by both sides and were given once.",
                    PortCounters::duplicates),
            new Own("announcements", "Announcements sent after switches.", PortCounters::announced));

    /** One of these counters. */
    record Own(String name, String help, ToLongFunction<PortCounters> counter) {}

    /** What the devices count. */
    PortStatistics statistics() {
        return monitor.statistics();
    }

    /** What is thought of the standby; nothing is known of one that has never been there. */
    StandbyHealth.Verdict standbyHealth() {
        StandbyHealth.Report report = monitor.standbyHealth();
        return report == null ? StandbyHealth.Verdict.UNPROVEN : report.verdict();
    }
}
