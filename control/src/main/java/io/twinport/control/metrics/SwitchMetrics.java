package io.twinport.control.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.Conductor;
import io.twinport.dataplane.failover.PolicyText;
import io.twinport.dataplane.failover.SwitchRecord;

/** What is counted when a port switches. */
final class SwitchMetrics {
    private static final double NANOS = 1e-9;
    private static final String PORT = "port";

    private final Counter switches;
    private final Counter lost;
    private final Histogram seconds;

    SwitchMetrics(PrometheusRegistry registry) {
        switches = Counter.builder()
                .name("twinport_switches_total")
                .help("Switches of the port from one side to another.")
                .labelNames(PORT, "from", "to", "cause")
                .register(registry);
        lost = Counter.builder()
                .name("twinport_lost_frames_total")
                .help("Frames that the former side's ring may have held when its link went: an upper bound.")
                .labelNames(PORT)
                .register(registry);
        seconds = Histogram.builder()
                .name("twinport_switch_seconds")
                .help("From the event, or from the decision where the poll loop came before it, to the first burst.")
                .labelNames(PORT)
                .classicUpperBounds(1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 0.1, 1)
                .register(registry);
    }

    /** A listener for one port's switches. */
    Conductor.Listener of(String port) {
        lost.initLabelValues(port);
        seconds.initLabelValues(port);
        return new Conductor.Listener() {
            @Override
            public void onSwitch(SwitchRecord record) {
                count(port, record);
            }
        };
    }

    private void count(String port, SwitchRecord record) {
        switches.labelValues(port, PolicyText.side(record.from()), PolicyText.side(record.to()), record.causeText())
                .inc();
        lost.labelValues(port).inc(record.lostAtMost());
        if (record.firstBurstNanos() != 0 && record.from() != Sides.NONE) {
            long begin = record.eventNanos() == 0 ? record.decisionNanos() : record.eventNanos();
            seconds.labelValues(port).observe((record.firstBurstNanos() - begin) * NANOS);
        }
    }
}
