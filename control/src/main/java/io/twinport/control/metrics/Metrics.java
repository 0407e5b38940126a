package io.twinport.control.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.twinport.control.UserException;
import io.twinport.dataplane.LoopWatch;
import io.twinport.dataplane.failover.Conductor;
import io.twinport.dpdk.MbufPool;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** Serves the metrics of a process over HTTP, in the formats of Prometheus and OpenMetrics, at {@code /metrics}. */
public final class Metrics implements AutoCloseable {
    /** Enough for a few scrapers; each is answered within a millisecond. */
    private static final int THREADS = 2;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final SwitchMetrics switches = new SwitchMetrics(registry);
    private final LoopMetrics loops = new LoopMetrics(registry);
    private final PortCollector ports = new PortCollector();
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("metrics-", 0).factory());
    private final MetricsAddress address;
    private final HTTPServer server;

    private Metrics(MetricsAddress address) throws IOException {
        this.address = address;
        registry.register(ports);
        this.server = HTTPServer.builder()
                .hostname(address.host())
                .port(address.port())
                .registry(registry)
                .executorService(threads)
                .buildAndStart();
    }

    /**
     * Begins to listen.
     *
     * @throws UserException if the address cannot be had
     */
    public static Metrics start(MetricsAddress address) {
        try {
            return new Metrics(address);
        } catch (IOException e) {
            throw new UserException(
                    "--metrics " + address + " cannot be opened: " + e.getMessage()
                            + ". Choose a port that is free and an address of this machine.",
                    e);
        }
    }

    /** Where they are, {@code http://127.0.0.1:9464/metrics}. */
    public String url() {
        return "http://" + new MetricsAddress(address.host(), server.getPort()) + "/metrics";
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
        threads.shutdownNow();
    }
}
