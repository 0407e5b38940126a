package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.UserException;
import io.twinport.control.socket.ControlCommand;
import io.twinport.control.socket.ControlSocket;
import io.twinport.control.socket.ControlStream;
import io.twinport.posix.PrivateFolder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code host events} beside an agent, and beside none. */
class HostEventsTest {
    private static final String LINE = "{\"event\":\"started\",\"guest\":\"b\u00fc\"}";

    @TempDir
    private Path folder;

    private Path state = Path.of("");

    @BeforeEach
    void makeState() throws IOException {
        state = folder.resolve("state");
        PrivateFolder.make(state);
    }

    private Executed events() {
        return Executed.twinport("host", "events", "--state=" + state);
    }

    private Executed events(ControlCommand.Action agent) {
        try (ControlSocket socket = ControlSocket.open(
                state.resolve("agent.sock"),
                Map.of("events", new ControlCommand(Set.of(), agent)),
                (level, text) -> {})) {
            Executed done = events();
            assertEquals(
                    1,
                    done.output()
                            .lines()
                            .filter(line -> line.startsWith("twinport: "))
                            .count(),
                    socket::toString);
            return done;
        }
    }

    @Test
    void shouldPrintWhatTheAgentTellsUntilItEnds() {
        ControlStream told = (out, wanted) -> out.write((LINE + "\n" + LINE + "\n").getBytes(StandardCharsets.UTF_8));
        Executed done = events(request -> told);
        assertEquals(1, done.code(), done::output);
        assertEquals(2, done.output().lines().filter(LINE::equals).count(), done::output);
        assertTrue(done.output().contains("twinport: the agent has ended"), done::output);
    }

    @Test
    void shouldSayThatTheAgentTakesNoMoreReaders() {
        Executed done = events(request -> {
            throw new UserException("8 processes read the agent's events already.");
        });
        assertEquals(2, done.code(), done::output);
        assertEquals("twinport: 8 processes read the agent's events already.", done.output());
    }

    @Test
    void shouldSayThatNoAgentRuns() throws IOException {
        assertNone();
        // One that was killed leaves its socket.
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(state.resolve("agent.sock")));
        }
        assertNone();
    }

    private void assertNone() {
        Executed done = events();
        assertEquals(2, done.code(), done::output);
        assertEquals(
                "twinport: no agent listens at " + state.resolve("agent.sock") + ". Start one, 'twinport host agent' or"
                        + " 'systemctl start twinport-host', or give its --state here too.",
                done.output());
    }
}
