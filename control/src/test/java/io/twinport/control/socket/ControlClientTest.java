package io.twinport.control.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.control.Executed;
import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.UserException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What answers at a control socket may be anything. */
class ControlClientTest {
    private static final int NOBODY = 65_534;
    private static final int MILLIS = 10_000;

    /** All that shows an answer. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("show", "ports"),
            List.of("show", "port"),
            List.of("show", "stats"),
            List.of("show", "xstats"),
            List.of("show", "health"),
            List.of("show", "config"),
            List.of("switch", "primary"),
            List.of("reload"),
            List.of("stop"));

    @TempDir
    private Path folder;

    private Path file;
    private ServerSocketChannel server;
    private volatile String answer = "";

    @BeforeEach
    void listen() throws IOException {
        file = folder.resolve("twinport.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(file));
        Thread.ofPlatform().daemon().start(this::serve);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                ByteBuffer request = ByteBuffer.allocate(1 << 16);
                int ignored = client.read(request);
                ByteBuffer bytes = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    client.write(bytes);
                }
            } catch (IOException e) {
                // It has had enough of it.
            }
        }
    }

    private Executed ask(List<String> command) {
        return Executed.twinport(Stream.concat(command.stream(), Stream.of("--control-socket", file.toString()))
                .toArray(String[]::new));
    }

    static Stream<String> wrong() {
        String many = "{\"a\":[],".repeat(100_000);
        return Stream.of(
                "",
                "\n",
                "garbage\n",
                "[1]\n",
                "{\"result\":7}\n",
                "{\"result\":[[],{},7]}\n",
                "{\"result\":{\"pid\":\"x\",\"name\":{},\"sides\":7,\"health\":[],\"ports\":[{}],\"errors\":[[]]}}\n",
                "{\"result\":[{\"name\":[],\"sides\":[{\"role\":{}}]}]}\n",
                "{\"error\":[]}\n",
                "{\"error\":{\"message\":{}}}\n",
                "{\"result\":" + "[".repeat(100_000) + "\n",
                "{\"result\":" + "9".repeat(100_000) + "}\n",
                many + "\n",
                "x".repeat(3 << 20));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldBeSaidInOneLineToBeNotUnderstood(String wrong) {
        answer = wrong;
        for (List<String> command : COMMANDS) {
            Executed done = ask(command);
            String said = command + ": "
                    + done.output().substring(0, Math.min(500, done.output().length()));
            assertFalse(done.output().contains("internal fault"), said);
            assertFalse(done.output().contains("\tat "), said);
            assertTrue(done.code() <= 1, said);
            assertTrue(done.code() == 0 || done.output().lines().count() >= 1, said);
        }
    }

    /** Its title, its cursor and its colours are the terminal's user's. */
    @Test
    void shouldNotReachTheTerminal() {
        String evil = "\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m";
        String port =
                "{\"name\":\"%s\",\"active\":\"%s\",\"mac\":\"%s\",\"sides\":[{\"role\":\"primary\",\"device\":\"%s\","
                                .replace("%s", evil)
                        + "\"driver\":\"d\",\"phase\":\"joined\",\"trouble\":\"" + evil + "\"}],\"port\":{\"" + evil
                        + "\":1},\"health\":null}";
        for (String result : List.of(
                port,
                "[" + port + "]",
                "{\"errors\":[\"" + evil + "\"],\"ports\":[" + port + "]}",
                "{\"changed\":[\"" + evil + "\"],\"needRestart\":[\"" + evil + "\"]}")) {
            answer = "{\"result\":" + result + "}\n";
            assertHarmless();
        }
        answer = "{\"error\":{\"message\":\"" + evil + "\\ntwinport: all is well\",\"mend\":true}}\n";
        assertHarmless();
        Executed refused = ask(List.of("show", "ports"));
        assertEquals(1, refused.output().lines().count(), refused::output);
    }

    private void assertHarmless() {
        for (List<String> command : COMMANDS) {
            Executed done = ask(command);
            assertTrue(
                    done.output().chars().noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r'),
                    command + ": " + done.output());
        }
    }

    /** As one that is stopped: its queue is full, and stays so. */
    @Test
    void shouldNotWaitForWhoAcceptsNobody() throws IOException {
        file = folder.resolve("busy.sock");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(UnixDomainSocketAddress.of(file), 1);
            for (int i = 0; i < 2; i++) {
                waiting.add(SocketChannel.open(UnixDomainSocketAddress.of(file)));
            }
            Executed done = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> ask(List.of("show", "ports")));
            assertEquals(2, done.code(), done::output);
            UserException refused =
                    assertThrows(UserException.class, () -> ControlSocket.open(file, Map.of(), (level, text) -> {}));
            assertTrue(String.valueOf(refused.getMessage()).contains("in use by another process"), refused::getMessage);
        } finally {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    /** Whoever could write into a folder first could have himself asked for the state of the port. */
    @Test
    void shouldNotAskAnotherUsersProcess() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can be another user");
        Path fake = folder.resolve("fake.sock");
        Program.run("chmod", "755", folder.toString());
        Program.run("chown", String.valueOf(NOBODY), folder.toString());
        String script = "use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un('" + fake
                + "')) or die; listen(S, 5); while (accept(C, S)) { print C '{}'; close C }";
        try (Program server = Program.start(
                "setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "perl", "-e", script)) {
            assertTrue(Pause.until(() -> Files.exists(fake), MILLIS), server::output);
            file = fake;
            Executed done = ask(List.of("stop"));
            assertEquals(2, done.code(), done::output);
            assertTrue(done.output().contains("a process of user nobody listens at "), done::output);
        } finally {
            Program.run("chown", "0", folder.toString());
        }
    }
}
