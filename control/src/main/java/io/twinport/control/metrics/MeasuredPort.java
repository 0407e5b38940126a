package io.twinport.control.metrics;

import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.conductor.PortStatistics;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.policy.StandbyHealth;

/**
 * A failover port, as those see it who ask for its numbers.
 *
 * @param name by which they know it
 * @param counters of the port itself
 * @param monitor of its sides
 */
public record MeasuredPort(String name, PortCounters counters, PortMonitor monitor) {
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
