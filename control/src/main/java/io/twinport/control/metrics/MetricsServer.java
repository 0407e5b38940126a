package io.twinport.control.metrics;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.twinport.control.UserException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Serves the metrics of a process over HTTP, in the formats of Prometheus and OpenMetrics, at {@code /metrics}. */
public final class MetricsServer implements AutoCloseable {
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
        bound();
    }

    /** The JDK's server takes its bounds from here alone, has none otherwise, and looks once in a process: before the first. */
    static void bound() {
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

    /** One for each request: a slow one keeps nobody waiting. */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("metrics-", 0).factory());

    private final MetricsAddress address;
    private final HttpServer server;

    private MetricsServer(MetricsAddress address, PrometheusRegistry registry) throws IOException {
        this.address = address;
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
    public static MetricsServer start(MetricsAddress address, PrometheusRegistry registry) {
        try {
            return new MetricsServer(address, registry);
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

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
