package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.control.UserException;
import io.twinport.control.history.SwitchHistory;
import io.twinport.control.socket.ControlClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can befall a process that operators and monitors depend on: the traffic goes on where it can, and nothing leaks. */
class FaultsDpdkTest {
    private static final int SECONDS = 60;
    private static final int MILLIS = SECONDS * 1000;

    @TempDir
    private Path folder;

    private final String id = String.valueOf(ProcessHandle.current().pid() % 10_000);

    private Program run(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                "--cnc-dir",
                folder.toString(),
                "--primary",
                "net_tap0,iface=twfp" + id,
                "--standby",
                "net_tap1,iface=twfs" + id,
                "--handler",
                "generate:1000"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--", "--no-huge"));
        Program twinport = Program.twinport(arguments.toArray(String[]::new));
        twinport.awaitReady(2, SECONDS);
        twinport.awaitLine("-> primary", SECONDS);
        return twinport;
    }

    private ControlClient operator() {
        return ControlClient.connect(folder.resolve("twinport.sock"));
    }

    private static long count(ControlClient operator, String counter) {
        return operator.request("stats", Map.of())
                .get(0)
                .path("port")
                .path(counter)
                .asLong();
    }

    private static void assertCountsOn(ControlClient operator, String counter) {
        long before = count(operator, counter);
        assertTrue(Pause.until(() -> count(operator, counter) > before, MILLIS), counter + " stays " + before);
    }

    private static void end(Program twinport) {
        twinport.interrupt();
        assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
        assertEquals(0, twinport.count("frames are not back|times: |^\\s+at "), twinport::output);
    }

    /** SIGKILL: what it has left behind is in nobody's way, and its history can be read. */
    @Test
    void shouldStartAgainAfterItWasKilled() {
        Path ealFolder;
        try (Program first = run()) {
            ealFolder = Path.of("/var/run/dpdk", "twinport-" + first.pid());
            assertTrue(Files.isDirectory(ealFolder));
            first.kill();
            first.waitFor(SECONDS);
        }
        SwitchHistory left = SwitchHistory.read(folder.resolve("twinport.cnc"));
        assertEquals("primary", left.switches().getLast().to());
        try (Program second = run();
                ControlClient operator = operator()) {
            assertCountsOn(operator, "tx_packets primary");
            assertTrue(Files.notExists(ealFolder), "its files are gone");
            assertEquals(
                    second.pid(),
                    SwitchHistory.read(folder.resolve("twinport.cnc")).pid());
            end(second);
        }
    }

    /** EAL's memory suffices for the mbufs and one device, and not for rings of the largest size. */
    @Test
    void shouldGoOnWhereThereIsNoMemoryForAnotherDevice() throws IOException {
        String standby = "net_virtio_user0,server=1,queue_size=32768,path=" + folder.resolve("standby");
        try (Program farEnd = Testpmd.reflector(folder.resolve("standby"));
                Program twinport = Program.twinport(
                        "run",
                        "--cnc-dir",
                        folder.toString(),
                        "--primary",
                        "net_tap0,iface=twfm" + id,
                        "--handler",
                        "generate:1000",
                        "--",
                        "--no-huge",
                        "-m",
                        "36")) {
            twinport.awaitLine("ready", SECONDS);
            twinport.awaitLine("-> primary", SECONDS);
            try (ControlClient operator = operator()) {
                Map<String, String> device = Map.of("side", "standby", "device", standby);
                UserException refused = assertThrows(UserException.class, () -> operator.request("attach", device));
                assertTrue(String.valueOf(refused.getMessage()).contains("has EAL memory left"), refused::getMessage);
                assertCountsOn(operator, "tx_packets primary");
            }
            assertTrue(farEnd.isAlive(), farEnd::output);
            end(twinport);
        } finally {
            Testpmd.cleanUp();
        }
    }

    /** Frames are dropped and counted while there is nobody to send them (R41). */
    @Test
    void shouldGoOnWhenBothSidesAreGone() {
        try (Program twinport = run();
                ControlClient operator = operator()) {
            operator.request("detach", Map.of("side", "primary"));
            String active = operator.request("detach", Map.of("side", "standby"))
                    .path("active")
                    .asString();
            assertEquals("none", active);
            assertCountsOn(operator, "tx_dropped");
            operator.request("attach", Map.of("side", "standby"));
            assertCountsOn(operator, "tx_packets standby");
            operator.request("attach", Map.of("side", "primary"));
            assertCountsOn(operator, "tx_packets primary");
            end(twinport);
        }
    }

    @Test
    void shouldServeMetricsAHundredTimesASecond() throws IOException, InterruptedException {
        try (Program twinport = run("--metrics", "0");
                ControlClient operator = operator();
                HttpClient scraper = HttpClient.newHttpClient()) {
            String line = twinport.awaitLine("metrics at ", SECONDS);
            HttpRequest scrape = HttpRequest.newBuilder(URI.create(line.substring(line.indexOf("http"))))
                    .build();
            long sent = count(operator, "tx_packets primary");
            for (int i = 0; i < 300; i++) {
                HttpResponse<String> answer = scraper.send(scrape, HttpResponse.BodyHandlers.ofString());
                assertEquals(200, answer.statusCode());
                assertTrue(answer.body().contains("twinport_active_side{port=\"twinport\"} 1.0"), answer::body);
                Pause.millis(10);
            }
            assertTrue(count(operator, "tx_packets primary") > sent + 1000, "the traffic has not noticed");
            end(twinport);
        }
    }
}
