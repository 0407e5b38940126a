package io.twinport.control.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Log;
import io.twinport.control.Pause;
import io.twinport.control.UserException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlSocketTest {
    private static final int MILLIS = 10_000;

    @TempDir
    private Path folder;

    private final CountDownLatch released = new CountDownLatch(1);
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Log log = (level, text) -> lines.add(text);
    private Path file;
    private ControlSocket socket;

    @BeforeEach
    void open() {
        file = folder.resolve("twinport.sock");
        socket = ControlSocket.open(
                file,
                Map.of(
                        "echo",
                        new ControlCommand(Set.of("text"), request -> Map.of("text", request.text("text"))),
                        "count",
                        new ControlCommand(Set.of("n"), request -> Map.of("n", request.number("n", 5, 1, 9))),
                        "fail",
                        new ControlCommand(Set.of(), request -> {
                            throw new IllegalStateException("broken");
                        }),
                        "wait",
                        new ControlCommand(Set.of(), request -> {
                            await();
                            return Map.of();
                        }),
                        "stream",
                        new ControlCommand(Set.of(), request -> (ControlStream) (out, wanted) -> {
                            out.write("raw".getBytes(StandardCharsets.UTF_8));
                            Pause.until(() -> !wanted.getAsBoolean(), MILLIS);
                            released.countDown();
                        })),
                log);
    }

    private void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() {
        released.countDown();
        socket.close();
        assertFalse(Files.exists(file), "the socket's file is gone with it");
        assertEquals(List.of(), lines, "nothing has failed");
    }

    private String ask(String command, Map<String, ?> arguments) {
        try (ControlClient client = ControlClient.connect(file)) {
            return client.request(command, arguments).toString();
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(file));
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String readLine(SocketChannel channel) throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = Channels.newInputStream(channel);
        for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static void assertSays(String part, Throwable e) {
        assertTrue(String.valueOf(e.getMessage()).contains(part), e::toString);
    }

    @Test
    void shouldBeForItsUserOnly() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void shouldServeOneRequestAfterTheOther() {
        try (ControlClient client = ControlClient.connect(file)) {
            for (int i = 0; i < 100; i++) {
                assertEquals(
                        "{\"text\":\"\u00fc" + i + "\"}",
                        client.request("echo", Map.of("text", "\u00fc" + i)).toString());
            }
        }
        assertEquals("{\"n\":5}", ask("count", Map.of()));
        assertEquals("{\"n\":9}", ask("count", Map.of("n", 9)));
    }

    @Test
    void shouldTellWhatCanBeMendedFromWhatHasFailed() {
        UserException refused = assertThrows(UserException.class, () -> ask("echo", Map.of()));
        assertEquals("echo needs 'text'.", refused.getMessage());
        ControlException failed = assertThrows(ControlException.class, () -> ask("fail", Map.of()));
        assertSays("broken", failed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            garbage                                                             | a request is a line with a JSON object
            [1]                                                                 | a request is a line with a JSON object
            {"version":1                                                        | a request is a line with a JSON object
            {"command":"echo"}                                                  | speaks version 1, and the request's is missing
            {"version":2,"command":"echo"}                                      | speaks version 1, and the request's is 2
            {"version":1}                                                       | there is no command null, only [count, echo,
            {"version":1,"command":"ecko"}                                      | there is no command \\"ecko\\", only [count, echo,
            {"version":1,"command":"echo","arguments":7}                        | 'arguments' is a JSON object
            {"version":1,"command":"echo","arguments":{"text":7}}               | 'text' is a text
            {"version":1,"command":"echo","arguments":{"text":"a","x":1}}       | echo knows no argument 'x'
            {"version":1,"command":"count","arguments":{"n":10}}                | 'n' is 1 to 9, and not 10
            {"version":1,"command":"count","arguments":{"n":1e99}}              | 'n' is a whole number
            """)
    void shouldRefuseWhatItDoesNotUnderstand(String request, String message) throws IOException {
        try (SocketChannel channel = connect()) {
            write(channel, request + "\n");
            String answer = readLine(channel);
            assertTrue(answer.startsWith("{\"version\":1,"), answer);
            assertTrue(answer.contains(message), answer);
            assertTrue(answer.contains("\"mend\":true"), answer);
        }
    }

    @Test
    void shouldGiveBackTheIdOfARequest() throws IOException {
        try (SocketChannel channel = connect()) {
            write(channel, "{\"version\":1,\"id\":[7,\"a\"],\"command\":\"count\"}\n");
            assertEquals("{\"version\":1,\"id\":[7,\"a\"],\"result\":{\"n\":5}}", readLine(channel));
        }
    }

    /** Each line of a flood has its answer, and others are served meanwhile. */
    @Test
    void shouldSurviveAFloodOfGarbage() throws IOException, InterruptedException {
        int lines = 100_000;
        try (SocketChannel channel = connect()) {
            Thread flood = Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int i = 0; i < lines; i++) {
                        write(channel, "garbage " + i + " \u0000{[\n");
                    }
                } catch (IOException e) {
                    // The count of the answers tells.
                }
            });
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            int answers = 0;
            while (answers < lines) {
                int next = in.read();
                assertTrue(next >= 0, "the connection has ended");
                if (next == '\n' && ++answers % 20_000 == 0) {
                    assertEquals("{\"text\":\"a\"}", ask("echo", Map.of("text", "a")));
                }
            }
            flood.join();
        }
        assertEquals("{\"text\":\"a\"}", ask("echo", Map.of("text", "a")));
    }

    @Test
    void shouldReadOnAfterALineThatIsTooLong() throws IOException {
        try (SocketChannel channel = connect()) {
            write(channel, "x".repeat(1_000_000) + "\n{\"version\":1,\"command\":\"count\"}\n");
            assertTrue(readLine(channel).contains("65536 bytes at most"));
            assertEquals("{\"version\":1,\"result\":{\"n\":5}}", readLine(channel));
        }
    }

    /** Who connects and says nothing, or begins and does not end, keeps nobody else out. */
    @Test
    void shouldServeOthersBesideHalfOpenClients() throws IOException {
        List<SocketChannel> halfOpen = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                SocketChannel channel = connect();
                halfOpen.add(channel);
                if (i % 2 == 0) {
                    try {
                        write(channel, "{\"version\":");
                    } catch (IOException e) {
                        // It was closed for one that came later.
                    }
                }
            }
            assertEquals("{\"text\":\"a\"}", ask("echo", Map.of("text", "a")));
        } finally {
            for (SocketChannel channel : halfOpen) {
                channel.close();
            }
        }
    }

    @Test
    void shouldTurnAwayWhoComesWhileAllAreBusy() throws IOException {
        List<SocketChannel> busy = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            SocketChannel channel = connect();
            busy.add(channel);
            write(channel, "{\"version\":1,\"command\":\"wait\"}\n");
        }
        Pause.millis(300); // until each is being served
        assertThrows(ControlException.class, () -> ask("count", Map.of()));
        released.countDown();
        for (SocketChannel channel : busy) {
            assertEquals("{\"version\":1,\"result\":{}}", readLine(channel));
            channel.close();
        }
        assertTrue(Pause.until(() -> isServed(), MILLIS));
    }

    private boolean isServed() {
        try {
            return ask("count", Map.of()).equals("{\"n\":5}");
        } catch (ControlException e) {
            return false;
        }
    }

    @Test
    void shouldStreamUntilTheClientHasGone() throws IOException, InterruptedException {
        try (ControlClient client = ControlClient.connect(file)) {
            assertEquals("{}", client.request("stream", Map.of()).toString());
            assertEquals("raw", new String(client.stream().readNBytes(3), StandardCharsets.UTF_8));
        }
        assertTrue(Pause.until(() -> released.getCount() == 0, MILLIS), "the stream has ended");
    }

    @Test
    void shouldReplaceTheSocketOfADeadProcessOnly() throws IOException {
        UserException inUse = assertThrows(UserException.class, () -> ControlSocket.open(file, Map.of(), log));
        assertSays("in use by another process", inUse);
        assertEquals("{\"n\":5}", ask("count", Map.of()));

        Path dead = folder.resolve("dead.sock");
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(dead));
        }
        assertTrue(Files.exists(dead));
        ControlSocket.open(dead, Map.of(), log).close();

        Path precious = Files.writeString(folder.resolve("precious"), "data");
        UserException noSocket = assertThrows(UserException.class, () -> ControlSocket.open(precious, Map.of(), log));
        assertSays("exists and is no socket", noSocket);
        assertEquals("data", Files.readString(precious));

        Path tooLong = folder.resolve("x".repeat(120));
        assertSays("too long", assertThrows(UserException.class, () -> ControlSocket.open(tooLong, Map.of(), log)));
    }

    /** Whoever may write in a folder can put a socket of his own in the place of this one. */
    @Test
    void shouldNotBeWhereOthersMayWrite() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path there = open.resolve("x.sock");
        UserException e = assertThrows(UserException.class, () -> ControlSocket.open(there, Map.of(), log));
        assertSays("--control-socket " + there + " cannot be opened: other users may write in it (mode 0777)", e);
        assertFalse(Files.exists(there));
    }

    @Test
    void shouldSayThatNobodyListens() {
        UserException e = assertThrows(UserException.class, () -> ControlClient.connect(folder.resolve("none.sock")));
        assertSays("no twinport listens at", e);
    }
}
