package io.twinport.perf.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.perf.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LatencyBenchDpdkTest {
    @TempDir
    Path folder;

    @Test
    void shouldTimeFramesThroughEachForwarder() throws Exception {
        Path json = folder.resolve("latency.json");
        Path html = folder.resolve("latency.html");
        int code = Main.execute(
                "latency",
                "--launches=1",
                "--seconds=1",
                "--rates=50000",
                "--allocate=0",
                "--warm-up=200",
                "--json=" + json,
                "--html=" + html,
                "--hgrm=" + folder.resolve("frames"));
        assertEquals(0, code);
        JsonNode result = JsonMapper.shared().readTree(Files.readString(json));
        for (String name : List.of("testpmd", "bare", "failover")) {
            JsonNode under = result.get("cases").get(name).get("50000");
            double p50 = under.get("all").get("p50").get(0).asDouble();
            double p99999 = under.get("all").get("p99999").get(0).asDouble();
            assertTrue(0 < p50 && p50 <= p99999, result.toString());
            JsonNode counts = under.get("counts").get(0);
            assertEquals(
                    counts.get("received").asLong(),
                    under.get("all").get("count").get(0).asLong());
            assertEquals(name.equals("testpmd"), under.get("passes").isNull());
            String histogram = Files.readString(folder.resolve("frames-" + name + "-50000.hgrm"));
            assertTrue(histogram.contains("#[Max     ="), histogram);
        }
        assertFalse(result.get("ratios").get("50000").isNull());
        assertTrue(Files.readString(html).contains("<svg"));
    }

    @Test
    void shouldRefuseWhatItCannotMeasure() {
        assertEquals(2, Main.execute("latency", "--seconds=0"));
        assertEquals(2, Main.execute("latency", "--loads=0"));
        assertEquals(2, Main.execute("latency", "--loads=50,50"));
        assertEquals(2, Main.execute("latency", "--rates=-1"));
        assertEquals(2, Main.execute("latency", "--size=63"));
        assertEquals(2, Main.execute("latency", "--hgrm=/no/such/folder/frames"));
    }
}
