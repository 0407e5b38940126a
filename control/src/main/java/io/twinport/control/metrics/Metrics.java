package io.twinport.control.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.twinport.control.UserException;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.conductor.LoopWatch;
import io.twinport.dpdk.MbufPool;
import java.util.function.BooleanSupplier;

/** The metrics of a run. */
public final class Metrics implements AutoCloseable {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final SwitchMetrics switches = new SwitchMetrics(registry);
    private final LoopMetrics loops = new LoopMetrics(registry);
    private final PortCollector ports = new PortCollector();

    private final MetricsServer server;

    private Metrics(MetricsAddress address) {
        registry.register(ports);
        this.server = MetricsServer.start(address, registry);
    }

    /**
     * Begins to listen.
     *
     * @throws UserException if the address cannot be had
     */
    public static Metrics start(MetricsAddress address) {
        return new Metrics(address);
    }

    /** Where they are, {@code http://127.0.0.1:9464/metrics}. */
    public String url() {
        return server.url();
    }

    /**
     * From now on a failover port is among them.
     *
     * @param port whose name is its label
     * @return to be told of its switches
     */
    public Conductor.Listener add(MeasuredPort port) {
        ports.add(port);
        return switches.of(port.name());
    }

    /** From now on a poll loop is among them, whose listener it gets. */
    public void add(LoopWatch loop) {
        ports.add(loop);
        loops.listenTo(loop);
    }

    /** From now on it is among them whether a thread hangs. */
    public void add(String thread, BooleanSupplier hangs) {
        ports.add(thread, hangs);
    }

    /** From now on the pool's mbufs are among them. */
    public void add(MbufPool pool) {
        ports.add(pool);
    }

    /** Before the counters go; a second time does nothing. */
    @Override
    public void close() {
        ports.close();
        server.close();
    }
}
