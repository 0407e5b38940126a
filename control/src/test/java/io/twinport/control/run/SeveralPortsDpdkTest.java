package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ports of one process, from a configuration: each has its devices, its settings and its own switches. */
class SeveralPortsDpdkTest {
    private static final int SECONDS = 60;

    @TempDir
    private Path folder;

    private final String id = String.valueOf(ProcessHandle.current().pid() % 10_000);

    @Test
    void shouldSwitchEachPortByItself() throws IOException, InterruptedException {
        Path file = configuration();
        try (Program twinport = Program.twinport("run", "-c", file.toString(), "--cnc-dir", folder.toString())) {
            twinport.awaitLine("wan: ready, MAC address 02:00:00:00:00:01, poll loop", SECONDS);
            twinport.awaitLine("lan: ready, MAC address 02:00:00:00:00:02, poll loop", SECONDS);
            twinport.awaitReady(4, SECONDS);
            assertEquals("1400", read("twpk", "mtu"));
            assertEquals("1300", read("twqk", "mtu"));
            twinport.awaitLine("lan: switch none -> primary|lan: switch standby -> primary", SECONDS);

            Program.run("ip", "link", "set", "twpp" + id, "down");
            twinport.awaitLine("wan: switch primary -> standby, cause: primary link down", SECONDS);
            assertEquals(0, twinport.count("lan: switch primary -> standby"), twinport::output);
            Program.run("ip", "link", "set", "twqp" + id, "down");
            twinport.awaitLine("lan: switch primary -> standby, cause: primary link down", SECONDS);

            String metrics = scrape(twinport.awaitLine("metrics at ", SECONDS).replace("metrics at ", ""));
            assertTrue(
                    metrics.contains(
                            "twinport_switches_total{cause=\"primary link down\",from=\"primary\",port=\"wan\","
                                    + "to=\"standby\"} 1.0"),
                    metrics);
            assertTrue(metrics.contains("twinport_active_side{port=\"lan\"} 2.0"), metrics);
            assertTrue(metrics.contains("rx_packets{port=\"wan\",side=\"primary\"}"), metrics);
            assertTrue(metrics.contains("twinport_mbufs_available"), metrics);
            assertTrue(metrics.contains("twinport_loop_stalls_total{loop=\"poll\"}"), metrics);
            assertTrue(metrics.contains("twinport_loop_stall_seconds_count{loop=\"poll\"}"), metrics);

            twinport.interrupt();
            assertEquals(0, twinport.waitFor(SECONDS), twinport::output);
            assertEquals(2, twinport.count("^1 failovers, "), twinport::output);
            assertTrue(twinport.count("frames are not back") == 0, twinport::output);
        }
        assertTrue(Files.exists(folder.resolve("guest.cnc")), "the file's name is used");
    }

    @Test
    void shouldRefuseOptionsOfAPortBesideAFile() throws IOException {
        Executed twinport = Executed.twinport("run", "-c", configuration().toString(), "--mtu", "9000");
        assertEquals(2, twinport.code(), twinport::output);
        assertTrue(twinport.output().contains("--mtu: with -c the file describes the ports"), twinport::output);
    }

    @Test
    void shouldTakeTheFirstPortBackWhenTheSecondCannotBe() throws IOException {
        Path file = configuration();
        Files.writeString(file, Files.readString(file).replace("tap:twqk" + id, "tap:lo"));
        try (Program twinport = Program.twinport("run", "-c", file.toString(), "--cnc-dir", folder.toString())) {
            assertEquals(2, twinport.waitFor(SECONDS), twinport::output);
            assertEquals(0, twinport.count("^\\s+at |Exception in|SIG"), twinport::output);
            assertTrue(twinport.output().contains("twinport: "), twinport::output);
        }
        assertTrue(Files.notExists(Path.of("/sys/class/net", "twpk" + id)));
    }

    private static String scrape(String url) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        return answer.body();
    }

    private Path configuration() throws IOException {
        return Files.writeString(folder.resolve("twinport.yaml"), """
                name: guest
                metrics: 0
                eal: --no-huge --vdev=net_tap2,iface=twqpID,mac=02:00:00:00:00:02 --vdev=net_tap3,iface=twqsID,mac=02:00:00:00:00:02
                ports:
                  wan:
                    primary: net_tap0,iface=twppID
                    standby: net_tap1,iface=twpsID
                    mac: 02:00:00:00:00:01
                    handler: tap:twpkID
                    mtu: 1400
                  lan:
                    primary: auto
                    standby: auto
                    handler: tap:twqkID
                    mtu: 1300
                """.replace("ID", id));
    }

    private String read(String name, String what) throws IOException {
        return Files.readString(Path.of("/sys/class/net", name + id, what)).trim();
    }
}
