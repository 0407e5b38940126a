package io.twinport.control.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScrapeFilterTest {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    private HttpServer server;

    /** The JDK's server takes its bounds when a JVM uses it first: the other tests of this JVM want those of the metrics. */
    @BeforeAll
    static void haveTheBoundsOfTheMetrics() throws IllegalAccessException {
        Class<?> ignored = MethodHandles.lookup().ensureInitialized(Metrics.class);
    }

    @BeforeEach
    void serve() throws IOException {
        MetricsServer.bound(); // for tests of that one in the same process
        server = HttpServer.create(new InetSocketAddress(LOCAL, 0), 0);
        server.createContext("/", exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                })
                .getFilters()
                .add(new ScrapeFilter("localhost", LOCAL));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** The head of what is answered to a request of these lines. */
    private String answer(String... lines) throws IOException {
        try (Socket socket = new Socket(LOCAL, server.getAddress().getPort())) {
            String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .toLowerCase(Locale.ROOT);
        }
    }

    private static void assertCode(int code, String answer) {
        assertTrue(answer.startsWith("http/1.1 " + code + " "), answer);
    }

    @Test
    void shouldLetScrapersThrough() throws IOException {
        assertCode(204, answer("GET /metrics HTTP/1.1", "Host: localhost:9464"));
        assertCode(
                204,
                answer(
                        "GET /metrics HTTP/1.1",
                        "Host: 127.0.0.1:" + server.getAddress().getPort()));
        assertCode(204, answer("GET /metrics HTTP/1.0"));
    }

    /** DNS rebinding: the name is its page's owner's, the address is loopback. */
    @Test
    void shouldRefuseABrowserThatWasLedHere() throws IOException {
        String answer = answer("GET /metrics HTTP/1.1", "Host: evil.example:9464");
        assertCode(421, answer);
        assertTrue(answer.contains("connection: close"), answer);
        assertFalse(answer.contains("allow:"), answer);
    }

    @Test
    void shouldSayThatItIsReadOnly() throws IOException {
        String answer = answer("POST /metrics HTTP/1.1", "Host: localhost", "Content-Length: 0");
        assertCode(405, answer);
        assertTrue(answer.contains("allow: get"), answer);
        assertTrue(answer.contains("connection: close"), answer);
    }

    @Test
    void shouldKnowItsOwnNames() {
        ScrapeFilter filter = new ScrapeFilter("Metrics.Internal", LOCAL);
        for (String ours : new String[] {
            "metrics.internal",
            "METRICS.internal:9464",
            "localhost",
            "LocalHost:1",
            "127.0.0.1",
            "127.200.3.4:9464",
            "[::1]",
            "[::1]:9464",
            " localhost "
        }) {
            assertTrue(filter.isOurs(ours), ours);
        }
        for (String other : new String[] {
            "",
            "evil.example",
            "localhost.evil.example",
            "128.0.0.1",
            "127.0.0.1.evil.example",
            "[::2]",
            "::1",
            "localhost:x",
            "localhost:123456"
        }) {
            assertFalse(filter.isOurs(other), other);
        }
    }

    /** What other machines call this one is not known. */
    @Test
    void shouldTakeAnyNameWhereOtherMachinesMayAsk() throws IOException {
        ScrapeFilter filter = new ScrapeFilter("10.0.0.5", InetAddress.ofLiteral("10.0.0.5"));
        assertTrue(filter.isOurs("anything.example"));
        assertEquals("what a scraper asks for", filter.description());
    }
}
