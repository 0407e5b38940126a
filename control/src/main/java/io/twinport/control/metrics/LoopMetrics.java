package io.twinport.control.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.twinport.dataplane.conductor.LoopWatch;

/** How long poll loops do not turn. */
final class LoopMetrics {
    private static final double NANOS = 1e-9;

    private final Histogram seconds;

    LoopMetrics(PrometheusRegistry registry) {
        seconds = Histogram.builder()
                .name("twinport_loop_stall_seconds")
                .help("How long the poll loop did not turn, at least; of the stalls that are over.")
                .labelNames(PortCollector.LOOP)
                .classicUpperBounds(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
                .register(registry);
    }

    /** Has the loop's stalls from now on. */
    void listenTo(LoopWatch loop) {
        seconds.initLabelValues(loop.name());
        loop.setListener(nanos -> seconds.labelValues(loop.name()).observe(nanos * NANOS));
    }
}
