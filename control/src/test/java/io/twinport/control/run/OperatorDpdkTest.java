package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.UserException;
import io.twinport.control.socket.ControlClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An operator at the control socket of a process that forwards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorDpdkTest {
    private static final int SECONDS = 60;

    private final String id = String.valueOf(ProcessHandle.current().pid() % 10_000);
    private Program twinport;
    private ControlClient operator;

    @BeforeAll
    void start(@TempDir Path folder) {
        twinport = Program.twinport(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_tap0,iface=twop" + id,
                "--standby",
                "net_tap1,iface=twos" + id,
                "--failback",
                "at-once",
                "--handler",
                "generate:1000",
                "--",
                "--no-huge");
        twinport.awaitReady(2, SECONDS);
        twinport.awaitLine("-> primary", SECONDS);
        operator = ControlClient.connect(folder.resolve("twinport.sock"));
    }

    @AfterAll
    void stop() {
        if (operator != null) {
            long pid = operator.request("stop", Map.of()).path("pid").asLong();
            assertEquals(twinport.pid(), pid);
            operator.close();
        }
        assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
        assertEquals(0, twinport.count("frames are not back"), twinport::output);
        twinport.close();
    }

    private JsonNode port() {
        return operator.request("port", Map.of());
    }

    private JsonNode side(String role) {
        for (JsonNode side : port().path("sides")) {
            if (side.path("role").asString().equals(role)) {
                return side;
            }
        }
        throw new AssertionError("no " + role + " in " + port());
    }

    private long sentBy(String side) {
        return operator.request("stats", Map.of())
                .get(0)
                .path("port")
                .path("tx_packets " + side)
                .asLong();
    }

    /** Frames, and not only flags, go where they are sent. */
    private void assertSendsOn(String side) {
        long before = sentBy(side);
        assertTrue(
                Pause.until(() -> sentBy(side) > before, TimeUnit.SECONDS.toMillis(SECONDS)),
                () -> "nothing is sent on the " + side + ": " + port());
    }

    @Test
    void shouldSwitchAndLeaveItToThePolicyAgain() {
        assertSendsOn("primary");
        JsonNode forced = operator.request("switch", Map.of("to", "standby"));
        assertEquals("standby", forced.path("active").asString());
        assertEquals("standby", forced.path("forced").asString());
        assertSendsOn("standby");
        JsonNode free = operator.request("switch", Map.of("to", "auto"));
        assertEquals("primary", free.path("active").asString(), free::toString);
        assertEquals("none", free.path("forced").asString());
        assertSendsOn("primary");
    }

    @Test
    void shouldRefuseToSwitchToASideThatIsNotReady() {
        Program.run("ip", "link", "set", "twos" + id, "down");
        try {
            assertTrue(Pause.until(() -> !side("standby").path("ready").asBoolean(), SECONDS * 1000L));
            UserException refused =
                    assertThrows(UserException.class, () -> operator.request("switch", Map.of("to", "standby")));
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("is not ready (its link is down)"),
                    refused::getMessage);
            assertEquals("none", port().path("forced").asString());
            assertSendsOn("primary");
        } finally {
            Program.run("ip", "link", "set", "twos" + id, "up");
            assertTrue(Pause.until(() -> side("standby").path("ready").asBoolean(), SECONDS * 1000L));
        }
    }

    @Test
    void shouldTakeASideOutAndInAgain() {
        JsonNode without = operator.request("detach", Map.of("side", "primary"));
        assertEquals("standby", without.path("active").asString());
        assertEquals("detached", side("primary").path("phase").asString());
        assertSendsOn("standby");
        assertThrows(UserException.class, () -> operator.request("detach", Map.of("side", "primary")));

        operator.request("attach", Map.of("side", "primary"));
        assertEquals("joined", side("primary").path("phase").asString());
        assertTrue(Pause.until(() -> port().path("active").asString().equals("primary"), SECONDS * 1000L));
        assertSendsOn("primary");
        assertThrows(UserException.class, () -> operator.request("attach", Map.of("side", "primary")));
    }

    @Test
    void shouldKeepASideOutWhenAnotherDeviceCannotBeHad() {
        operator.request("detach", Map.of("side", "standby"));
        Map<String, String> refusals = Map.of(
                "net_nosuch0",
                "net_nosuch0",
                "net_pcap4,iface=twop" + id,
                "--primary and --standby both have the interface twop" + id,
                "net_tap0,iface=other",
                "--primary and --standby both have net_tap0: they must be two devices",
                "net_ring1,mac=02:00:00:00:00:01",
                "net_ring takes no mac=",
                "net_null3\u001b[2J",
                "attach: 'device' has a control character in it (U+001B)",
                "eth0",
                "'eth0' is no DPDK device");
        refusals.forEach((device, why) -> {
            UserException refused = assertThrows(
                    UserException.class,
                    () -> operator.request("attach", Map.of("side", "standby", "device", device)),
                    device);
            assertTrue(String.valueOf(refused.getMessage()).contains(why), refused::getMessage);
            assertEquals("net_tap1", side("standby").path("device").asString());
        });

        operator.request("attach", Map.of("side", "standby", "device", "net_null3"));
        assertEquals("net_null3", side("standby").path("device").asString());
        operator.request("detach", Map.of("side", "standby"));
        operator.request("attach", Map.of("side", "standby", "device", "net_tap1,iface=twos" + id));
        assertEquals("joined", side("standby").path("phase").asString());
    }

    @Test
    void shouldShowHowItIs() {
        JsonNode config = operator.request("config", Map.of());
        JsonNode port = config.path("ports").path("twinport");
        assertEquals("generate:1000", port.path("handler").asString());
        assertEquals(1500, port.path("mtu").asInt());
        JsonNode health = operator.request("health", Map.of());
        assertEquals(twinport.pid(), health.path("pid").asLong());
        assertTrue(health.path("mbufsAvailable").asLong() > 0, health::toString);
        assertEquals("[]", health.path("errors").toString());
        assertThrows(UserException.class, () -> operator.request("port", Map.of("port", "nosuch")));
    }

    @Test
    void shouldShowWhatDriversCount() {
        JsonNode counts = operator.request("xstats", Map.of()).path("sides").path("primary");
        assertTrue(counts.path("tx_good_packets").asLong() > 0, counts::toString);
        assertTrue(counts.has("rx_good_bytes"), counts::toString);
    }

    @Test
    void shouldSayMoreAndLess() {
        operator.request("loglevel", Map.of("level", "debug"));
        operator.request("switch", Map.of("to", "standby"));
        twinport.awaitLine("standby forced: primary -> standby", SECONDS);
        operator.request("switch", Map.of("to", "auto"));
        operator.request("loglevel", Map.of("level", "info"));
        operator.request("loglevel", Map.of("level", "error", "pattern", "pmd.net.*"));
        UserException none =
                assertThrows(UserException.class, () -> operator.request("loglevel", Map.of("level", "loud")));
        assertTrue(String.valueOf(none.getMessage()).contains("only [warning, info, debug]"), none::getMessage);
    }
}
