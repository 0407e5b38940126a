package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.socket.ControlClient;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Open vSwitch as the far end of both sides, by twinport's own driver: it connects to the primary, and the standby to it. */
class OpenVswitchDpdkTest {
    private static final int SECONDS = 60;
    private static final int FRAMES = 200;

    @TempDir
    private Path folder;

    @Test
    void shouldMoveFramesBothWaysAndComeBackWithANewSwitch() throws Exception {
        try (OpenVswitch ovs = OpenVswitch.start(folder.resolve("ovs"));
                Program run = Program.twinport(
                        "run",
                        "--cnc-dir",
                        folder.toString(),
                        "--primary",
                        "vhost-user:" + ovs.addConnectingPort("primary") + ",server=1,mac=02:00:00:00:00:01",
                        "--standby",
                        "vhost-user:" + ovs.addListeningPort("standby"),
                        "--failback",
                        "at-once",
                        "--handler",
                        "generate:1000",
                        "--",
                        "-l",
                        "1",
                        "--no-huge")) {
            run.awaitReady(2, SECONDS);
            run.awaitLine("-> primary", SECONDS);
            try (ControlClient operator = ControlClient.connect(folder.resolve("twinport.sock"))) {
                assertMoves(operator, "primary");
                JsonNode _ = operator.request("switch", Map.of("to", "standby"));
                assertMoves(operator, "standby");
                JsonNode _ = operator.request("switch", Map.of("to", "auto"));

                ovs.kill();
                run.awaitLine("primary vhost-user:\\S+ has gone", SECONDS);
                run.awaitLine("standby vhost-user:\\S+ has gone", SECONDS);
                long before = taken(operator);
                ovs.restart();
                run.awaitCount(" joined", 4, SECONDS);
                assertMoves(operator, "primary");
                JsonNode _ = operator.request("detach", Map.of("side", "primary"));
                assertMoves(operator, "standby");
                JsonNode _ = operator.request("detach", Map.of("side", "standby"));
                long since = taken(operator) - before;
                assertTrue(
                        Pause.until(() -> ovs.packets() == since, SECONDS * 1000L),
                        () -> since + " frames, and Open vSwitch has sent back " + ovs.packets());
                JsonNode _ = operator.request("stop", Map.of());
            }
            assertEquals(0, run.waitFor(SECONDS), run::output);
            assertEquals(0, run.count("Exception|times:|not back in the pool"), run::output);
        }
    }

    /** Frames that a side's device has sent, or received; those of devices that have gone are among them. */
    private static long count(ControlClient operator, String side, String counter) {
        return operator.request("stats", Map.of())
                .get(0)
                .path("sides")
                .path(side)
                .path(counter)
                .asLong();
    }

    private static long taken(ControlClient operator) {
        return count(operator, "primary", "tx_packets") + count(operator, "standby", "tx_packets");
    }

    /** Both ways: what comes is what was sent. */
    private static void assertMoves(ControlClient operator, String side) {
        long sent = count(operator, side, "tx_packets");
        long received = count(operator, side, "rx_packets");
        assertTrue(
                Pause.until(
                        () -> count(operator, side, "tx_packets") >= sent + FRAMES
                                && count(operator, side, "rx_packets") >= received + FRAMES,
                        SECONDS * 1000L),
                () -> side + ": " + operator.request("stats", Map.of()));
    }
}
