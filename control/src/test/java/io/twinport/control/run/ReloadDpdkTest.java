package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.UserException;
import io.twinport.control.socket.ControlClient;
import io.twinport.control.socket.ControlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A configuration that changes under a process that runs; before each test it is the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadDpdkTest {
    private static final int SECONDS = 60;

    private final String id = String.valueOf(ProcessHandle.current().pid() % 10_000);
    private Path file;
    private Path socket;
    private Program twinport;
    private ControlClient operator;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        file = folder.resolve("twinport.yaml");
        write("mtu: 1500");
        twinport = Program.twinport("run", "-c", file.toString(), "--cnc-dir", folder.toString());
        twinport.awaitReady(2, SECONDS);
        twinport.awaitLine("-> primary", SECONDS);
        socket = folder.resolve("guest.sock");
        operator = ControlClient.connect(socket);
    }

    @BeforeEach
    void configure() throws IOException {
        write("mtu: 1500");
        reload();
    }

    @AfterAll
    void stop() {
        operator.close();
        twinport.interrupt();
        assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
        assertEquals(0, twinport.count("frames are not back|^\\s+at "), twinport::output);
        twinport.close();
    }

    private void write(String... settings) throws IOException {
        Files.writeString(file, """
                name: guest
                eal: --no-huge
                ports:
                  wan:
                    primary: net_tap0,iface=twrpID
                    standby: net_tap1,iface=twrsID
                    handler: tap:twrkID
                    failback: at-once
                    %s
                """.formatted(String.join("\n    ", settings)).replace("ID", id));
    }

    private JsonNode reload() {
        return operator.request("reload", Map.of());
    }

    private String mtu(String name) throws IOException {
        return Files.readString(Path.of("/sys/class/net", name + id, "mtu")).trim();
    }

    @Test
    void shouldChangeWhatItCanAndNameTheRest() throws IOException {
        assertEquals("{\"changed\":[],\"needRestart\":[]}", reload().toString());
        write("mtu: 1400", "announce: 2", "queues: 2", "vlan: [10, 20]");
        JsonNode report = reload();
        assertEquals(
                "[\"wan.announce: 5 -> 2\",\"wan.mtu: 1500 -> 1400\",\"wan.vlan: none -> 10,20\"]",
                report.path("changed").toString());
        assertEquals("[\"wan.queues: 1 -> 2\"]", report.path("needRestart").toString());
        for (String name : new String[] {"twrp", "twrs", "twrk"}) {
            assertEquals("1400", mtu(name));
        }
        JsonNode port = operator.request("config", Map.of()).path("ports").path("wan");
        assertEquals(1400, port.path("mtu").asInt());
        assertEquals(1, port.path("queues").asInt());
        assertEquals("[]", reload().path("changed").toString(), "what has been done is not done again");
    }

    /** Of a link that is cut and restored: the interface of a TAP going down and up. */
    @Test
    void shouldWaitForAFailbackAsTheFileSaysNow() throws IOException {
        Files.writeString(file, Files.readString(file).replace("failback: at-once", "failback: delay:600000"));
        assertEquals(
                "[\"wan.failback: at-once -> delay:600000\"]",
                reload().path("changed").toString());
        int failbacks = twinport.count("switch standby -> primary");
        cutAndRestore();
        Files.writeString(file, Files.readString(file).replace("delay:600000", "delay:10"));
        assertEquals(1, reload().path("changed").size());
        assertEquals(failbacks, twinport.count("switch standby -> primary"), twinport::output);
        cutAndRestore();
        twinport.awaitCount("switch standby -> primary", failbacks + 1, SECONDS);
    }

    private void cutAndRestore() {
        int downs = twinport.count("primary link down");
        int ups = twinport.count("primary link up");
        Program.run("ip", "link", "set", "twrp" + id, "down");
        twinport.awaitCount("primary link down", downs + 1, SECONDS);
        Program.run("ip", "link", "set", "twrp" + id, "up");
        twinport.awaitCount("primary link up", ups + 1, SECONDS);
    }

    @Test
    void shouldPutAnotherDeviceInASidesPlace() throws IOException {
        Files.writeString(
                file, Files.readString(file).replace("standby: net_tap1,iface=twrs", "standby: net_tap7,iface=twrt"));
        assertEquals(1, reload().path("changed").size());
        assertTrue(Files.exists(Path.of("/sys/class/net", "twrt" + id)));
        assertTrue(Files.notExists(Path.of("/sys/class/net", "twrs" + id)));
        JsonNode standby = operator.request("port", Map.of()).path("sides").get(1);
        assertEquals("net_tap7", standby.path("device").asString());
        assertEquals("joined", standby.path("phase").asString());
    }

    /** All or none: the MTU, which was possible, is not kept where the standby was not. */
    @Test
    void shouldKeepAllWhereSomethingIsRefused() throws IOException {
        write("mtu: 1400");
        Files.writeString(file, Files.readString(file).replace("standby: net_tap1", "standby: net_nosuch1"));
        UserException refused = assertThrows(UserException.class, this::reload);
        assertTrue(String.valueOf(refused.getMessage()).contains("net_nosuch1"), refused::getMessage);
        assertEquals("1500", mtu("twrp"));
        JsonNode port = operator.request("port", Map.of());
        assertEquals(1500, port.path("mtu").asInt());
        assertEquals("net_tap1", port.path("sides").get(1).path("device").asString());
        assertEquals("joined", port.path("sides").get(1).path("phase").asString());
    }

    @Test
    void shouldKeepAllWhereTheFileIsGarbage() throws IOException {
        Files.writeString(file, "garbage: [");
        UserException wrong = assertThrows(UserException.class, this::reload);
        assertTrue(String.valueOf(wrong.getMessage()).startsWith(file + ":1:"), wrong::getMessage);
        Files.delete(file);
        assertThrows(UserException.class, this::reload);
        assertEquals(
                "primary", operator.request("port", Map.of()).path("active").asString());
    }

    /** A FIFO has no end, and who opens it waits: more reloads than clients are served at a time keep nobody else waiting. */
    @Test
    void shouldServeOthersWhateverTheFileIs() throws Exception {
        Files.delete(file);
        Program.run("mkfifo", file.toString());
        List<Thread> reloads = new ArrayList<>();
        List<String> said = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 17; i++) {
            reloads.add(Thread.ofPlatform().start(() -> {
                try (ControlClient client = ControlClient.connect(socket)) {
                    said.add(client.request("reload", Map.of()).toString());
                } catch (UserException | ControlException e) {
                    said.add(String.valueOf(e.getMessage()));
                }
            }));
        }
        for (Thread reload : reloads) {
            reload.join(SECONDS * 1000);
        }
        assertEquals(17, said.size());
        assertTrue(said.stream().anyMatch(text -> text.contains("it is a FIFO")), said::toString);
        for (int i = 0; i < 5; i++) {
            Program.run("kill", "-HUP", String.valueOf(twinport.pid()));
        }
        twinport.awaitLine("not reloaded, nothing was changed: .*it is a FIFO", SECONDS);
        try (ControlClient client = ControlClient.connect(socket)) {
            assertTrue(client.request("health", Map.of())
                    .path("ports")
                    .get(0)
                    .path("carrier")
                    .asBoolean());
        }
        Files.delete(file);
        // It was idle, and has made room for one of them.
        operator.close();
        operator = ControlClient.connect(socket);
    }

    @Test
    void shouldReloadOnHangup() throws IOException {
        write("mtu: 1300");
        Program.run("kill", "-HUP", String.valueOf(twinport.pid()));
        twinport.awaitLine("reloaded wan.mtu: 1500 -> 1300", SECONDS);
        assertTrue(Pause.until(
                () -> operator.request("port", Map.of()).path("mtu").asInt() == 1300, 1000));
        Files.writeString(file, "garbage: [");
        Program.run("kill", "-HUP", String.valueOf(twinport.pid()));
        twinport.awaitLine("not reloaded, nothing was changed: .*twinport.yaml:1:", SECONDS);
        assertEquals("1300", mtu("twrp"));
    }
}
