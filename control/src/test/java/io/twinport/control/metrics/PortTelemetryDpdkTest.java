package io.twinport.control.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A run, asked by DPDK's own client. */
class PortTelemetryDpdkTest {
    private static final int SECONDS = 60;
    private static final int PUBLISHED_MILLIS = 20_000;

    @TempDir
    private Path folder;

    private final String id = String.valueOf(ProcessHandle.current().pid() % 10_000);

    @Test
    void shouldTellPortsAndSwitches() {
        try (Program twinport = Program.twinport(
                "run",
                "--primary",
                "net_tap0,iface=twtp" + id,
                "--standby",
                "net_tap1,iface=twts" + id,
                "--mac",
                "02:00:00:00:00:01",
                "--handler",
                "generate:1000",
                "--name",
                "guest",
                "--cnc-dir",
                folder.toString(),
                "--",
                "--no-huge")) {
            twinport.awaitReady(2, SECONDS);
            twinport.awaitLine("switch (none|standby) -> primary", SECONDS);
            Program.run("ip", "link", "set", "twtp" + id, "down");
            twinport.awaitLine("switch primary -> standby", SECONDS);

            assertTrue(
                    Pause.until(() -> port(twinport).at("/standby/sent_frames").asLong() > 0, PUBLISHED_MILLIS));
            JsonNode port = port(twinport);
            assertEquals("twinport", port.path("name").asString());
            assertEquals("standby", port.path("active_side").asString());
            assertTrue(port.at("/primary/sent_frames").asLong() > 0, port::toString);
            assertTrue(port.path("switches").asLong() >= 2, port::toString);
            assertTrue(port.at("/primary/rx_packets").isNumber(), port::toString);
            assertTrue(port.path("standby_health").isString(), port::toString);
            assertEquals(
                    port.path("name"), ask(twinport, "/twinport/ports,twinport").at("/0/name"));
            assertTrue(ask(twinport, "/twinport/ports,other").isEmpty());

            List<JsonNode> switches =
                    ask(twinport, "/twinport/history").valueStream().toList();
            assertEquals(port.path("switches").asLong(), switches.size());
            JsonNode last = switches.getLast();
            assertEquals("failover", last.path("kind").asString());
            assertEquals("primary", last.path("from").asString());
            assertEquals("standby", last.path("to").asString());
            assertEquals("primary link down", last.path("cause").asString());
            assertTrue(last.path("lost_at_most").isNumber(), last::toString);

            twinport.interrupt();
            assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
        }
    }

    private static JsonNode port(Program twinport) {
        return ask(twinport, "/twinport/ports").path("0");
    }

    private static JsonNode ask(Program twinport, String command) {
        String answer =
                Program.run("sh", "-c", "echo " + command + " | dpdk-telemetry.py -f twinport-" + twinport.pid());
        return new ObjectMapper().readTree(answer).path(command.replaceFirst(",.*", ""));
    }
}
