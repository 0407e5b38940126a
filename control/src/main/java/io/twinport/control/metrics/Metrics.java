package io.twinport.control.metrics;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.twinport.control.UserException;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.conductor.LoopWatch;
import io.twinport.dpdk.MbufPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Serves the metrics of a process over HTTP, in the formats of Prometheus and OpenMetrics, at {@code /metrics}. */
public final class Metrics implements AutoCloseable {
    private static final String PATH = "/metrics";

    /** At a time; more are closed as soon as they come. */
    private static final int MOST_CONNECTIONS = 512;

    /** To say what is wanted; who is slower is cut off. */
    private static final int REQUEST_SECONDS = 2;

    private static final int ANSWER_SECONDS = 10;
    private static final int IDLE_SECONDS = 60;
    private static final int LOOK_MILLIS = 500;

    /** They write traces where a client has gone before its answer was out; kept here, for a logger is forgotten otherwise. */
    private static final List<Logger> SILENT = Stream.of(
                    "com.sun.net.httpserver", "sun.net.httpserver", "io.prometheus.metrics.exporter.httpserver")
            .map(Logger::getLogger)
            .toList();

    static {
        SILENT.forEach(logger -> logger.setLevel(Level.OFF));
        // The JDK's server takes its bounds from here alone, and has none otherwise.
        Map.of(
                        "jdk.httpserver.maxConnections", MOST_CONNECTIONS,
                        "sun.net.httpserver.maxReqTime", REQUEST_SECONDS,
                        "sun.net.httpserver.maxRspTime", ANSWER_SECONDS,
                        "sun.net.httpserver.idleInterval", IDLE_SECONDS,
                        "sun.net.httpserver.timerMillis", LOOK_MILLIS,
                        "sun.net.httpserver.clockTick", LOOK_MILLIS,
                        "sun.net.httpserver.maxReqHeaderSize", 16 << 10,
                        "sun.net.httpserver.drainAmount", 0)
                .forEach((property, value) -> System.getProperties().putIfAbsent(property, String.valueOf(value)));
    }

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final SwitchMetrics switches = new SwitchMetrics(registry);
    private final LoopMetrics loops = new LoopMetrics(registry);
    private final PortCollector ports = new PortCollector();

    /** One for each request: a slow one keeps nobody waiting. */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("metrics-", 0).factory());

    private final MetricsAddress address;
    private final HttpServer server;

    private Metrics(MetricsAddress address) throws IOException {
        this.address = address;
        registry.register(ports);
        InetSocketAddress socket = new InetSocketAddress(address.host(), address.port());
        this.server = HttpServer.create(socket, 0);
        HttpContext metrics = server.createContext(PATH, new MetricsHandler(registry));
        metrics.getFilters()
                .add(new ScrapeFilter(address.host(), server.getAddress().getAddress()));
        server.setExecutor(threads);
        server.start();
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
        return "http://"
                + new MetricsAddress(address.host(), server.getAddress().getPort()) + PATH;
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
        server.stop(0);
        threads.shutdownNow();
    }
}
