package io.twinport.perf.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.perf.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ScaleBenchDpdkTest {
    @TempDir
    Path folder;

    @Test
    void shouldMeasureEachCaseAndWriteWhatItHasMeasured() throws Exception {
        Path json = folder.resolve("scale.json");
        Path html = folder.resolve("scale.html");
        int code = Main.execute(
                "scale",
                "--launches=1",
                "--ports=3",
                "--queues=2",
                "--seconds=0.05",
                "--warm-up=20",
                "--attempts=1",
                "--json=" + json,
                "--html=" + html);
        assertEquals(0, code);
        JsonNode result = JsonMapper.shared().readTree(Files.readString(json));
        assertTrue(result.get("dpdk").asString().startsWith("DPDK "), result.toString());
        for (String peer : List.of("twinport", "testpmd")) {
            assertForwarded(result, peer, 1, 1, 1, 1);
            assertForwarded(result, peer, 3, 3, 1, 1);
            assertForwarded(result, peer, 3, 1, 1, 1);
            assertForwarded(result, peer, 1, 1, 2, 1);
            assertForwarded(result, peer, 1, 1, 2, 2);
        }
        JsonNode run = find(result, "run", 1, 1, 1, 1);
        assertTrue(run.get("firstPacketSeconds").get(0).asDouble() > 0, result.toString());
        assertTrue(run.get("residentMegabytes").get(0).asDouble() > 10, result.toString());
        double ours = find(result, "twinport", 3, 3, 1, 1).get("mpps").get(0).asDouble();
        double theirs = find(result, "testpmd", 3, 3, 1, 1).get("mpps").get(0).asDouble();
        assertEquals(
                ours / theirs,
                result.get("mppsVsTestpmd")
                        .get("twinport, 3 ports")
                        .get("median")
                        .asDouble(),
                1e-9);
        double alone = find(result, "twinport", 1, 1, 1, 1).get("mpps").get(0).asDouble();
        double beside = find(result, "twinport", 3, 1, 1, 1).get("mpps").get(0).asDouble();
        assertEquals(
                32e3 * (1 / beside - 1 / alone) / 2,
                result.get("idlePortNanos").get("3").get("median").asDouble(),
                1e-6);
        assertTrue(Files.readString(html).contains("<polyline"));
    }

    private static void assertForwarded(JsonNode result, String peer, int ports, int busy, int queues, int loops) {
        JsonNode launches = find(result, peer, ports, busy, queues, loops);
        assertEquals(1, launches.get("mpps").size());
        assertTrue(launches.get("mpps").get(0).asDouble() > 0, launches.toString());
        assertTrue(launches.get("firstPacketSeconds").get(0).asDouble() > 0, launches.toString());
        assertTrue(launches.get("residentMegabytes").get(0).asDouble() > 1, launches.toString());
    }

    private static JsonNode find(JsonNode result, String peer, int ports, int busy, int queues, int loops) {
        return StreamSupport.stream(result.get("cases").spliterator(), false)
                .filter(launches -> launches.get("peer").asString().equals(peer)
                        && launches.get("ports").asInt() == ports
                        && launches.get("busy").asInt() == busy
                        && launches.get("queues").asInt() == queues
                        && launches.get("loops").asInt() == loops)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such case in " + result));
    }

    @Test
    void shouldRefuseWhatItCannotMeasure() {
        assertEquals(2, Main.execute("scale", "--ports=0"));
        assertEquals(2, Main.execute("scale", "--ports=1,16"));
        assertEquals(2, Main.execute("scale", "--ports=two"));
        assertEquals(2, Main.execute("scale", "--queues=17"));
        assertEquals(2, Main.execute("scale", "--seconds=0"));
        assertEquals(2, Main.execute("scale", "--launches=0"));
        assertEquals(2, Main.execute("scale", "--html=/no/such/folder/page.html"));
    }
}
