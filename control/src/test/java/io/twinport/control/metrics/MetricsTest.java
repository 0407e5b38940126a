package io.twinport.control.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever connects to the metrics, and whatever he says or does not say: a scraper has its answer. */
class MetricsTest {
    private static final String SCRAPE = "GET /metrics HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";
    private static final int MILLIS = 10_000;

    private Metrics metrics = Metrics.start(MetricsAddress.parse("--metrics", "0"));
    private int port;
    private final List<Socket> others = new ArrayList<>();

    @BeforeEach
    void findPort() {
        port = Integer.parseInt(metrics.url().replaceAll("\\D*127.0.0.1:(\\d+)/metrics", "$1"));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket other : others) {
            other.close();
        }
        metrics.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MILLIS);
        return socket;
    }

    private void connectAndSay(String text) throws IOException {
        Socket socket = connect();
        others.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The first line of the answer. */
    private String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }

    private void assertScrape() throws IOException {
        assertEquals("HTTP/1.1 200 OK", ask(SCRAPE.replace("HOST", "localhost")));
    }

    private static int descriptors() {
        return SystemFiles.list(Path.of("/proc/self/fd")).size();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "G",
                "GET /metrics HTTP/1.1\r\nHost: x\r\nX",
                "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n",
                "POST /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
            })
    void shouldServeBesideClientsThatDoNotGoOn(String said) throws IOException {
        int before = descriptors();
        for (int i = 0; i < 300; i++) {
            connectAndSay(said);
        }
        assertScrape();
        assertTrue(Pause.until(() -> descriptors() <= before + 300 + 5, MILLIS), "they are cut off");
        assertScrape();
    }

    @Test
    void shouldNotTakeMoreConnectionsThanItHasRoomFor() throws IOException {
        int before = descriptors();
        for (int i = 0; i < 2000; i++) {
            connectAndSay("");
        }
        assertTrue(Pause.until(() -> descriptors() <= before + 2000 + 512, MILLIS), () -> descriptors() + " open");
        assertTrue(Pause.until(this::isServing, MILLIS), "it serves again");
    }

    private boolean isServing() {
        try {
            return ask(SCRAPE.replace("HOST", "localhost")).endsWith("200 OK");
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.0.0.1:9464", "LocalHost:80", "[::1]:9464", "127.3.2.1"})
    void shouldBeAskedByItsName(String host) throws IOException {
        assertEquals("HTTP/1.1 200 OK", ask(SCRAPE.replace("HOST", host)));
    }

    /** A page of another site makes its name lead here: the browser says that name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:9464",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "",
                "[::1"
            })
    void shouldNotAnswerToAnotherName(String host) throws IOException {
        assertTrue(ask(SCRAPE.replace("HOST", host)).startsWith("HTTP/1.1 421"));
        assertTrue(ask(SCRAPE.replace("HOST", "localhost\r\nHost: " + host)).startsWith("HTTP/1.1 421"));
    }

    @Test
    void shouldAnswerWhoSaysNoName() throws IOException {
        assertEquals("HTTP/1.1 200 OK", ask("GET /metrics HTTP/1.0\r\n\r\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 405",
        "POST, 405",
        "PUT, 405",
        "DELETE, 405",
        "TRACE, 405",
        "CONNECT, 405",
        "OPTIONS, 405",
        "FOO, 405"
    })
    void shouldOnlyBeRead(String method, String code) throws IOException {
        assertTrue(
                ask(SCRAPE.replace("GET", method).replace("HOST", "localhost")).startsWith("HTTP/1.1 " + code), method);
    }

    @Test
    void shouldSayMoreToThoseWhomItListensFor() {
        assertTrue(new ScrapeFilter("myhost", InetAddress.getLoopbackAddress()).isOurs("MyHost:1"));
        assertFalse(new ScrapeFilter("myhost", InetAddress.getLoopbackAddress()).isOurs("other"));
        InetAddress any = new InetSocketAddress("10.0.0.5", 1).getAddress();
        assertTrue(new ScrapeFilter("10.0.0.5", any).isOurs("guest.example"), "what it is called there is not known");
    }

    @Test
    void shouldEndItsThreads() throws IOException {
        connectAndSay("GET /met");
        assertScrape();
        metrics.close();
        try (Socket other = others.getFirst();
                InputStream in = other.getInputStream()) {
            assertEquals(-1, in.read());
        }
        metrics = Metrics.start(MetricsAddress.parse("--metrics", String.valueOf(port)));
        assertScrape();
    }
}
