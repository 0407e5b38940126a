package io.twinport.perf.stall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.perf.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class StallBenchDpdkTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir
    Path folder;

    @Test
    void shouldTimeEachPassOfEachLoopWhileItsCollectorHasWork() throws Exception {
        Path json = folder.resolve("stall.json");
        Path html = folder.resolve("stall.html");
        int code = Main.execute(
                "stall",
                "--launches=1",
                "--seconds=1",
                "--allocate=50",
                "--json=" + json,
                "--html=" + html,
                "--hgrm=" + folder.resolve("pass"));
        assertEquals(0, code);
        JsonNode result = JsonMapper.shared().readTree(Files.readString(json));
        for (String name : List.of("c", "twinport", "serial", "z", "shenandoah")) {
            JsonNode passes = result.get("cases").get(name);
            double count = passes.get("count").get(0).asDouble();
            double p50 = passes.get("p50").get(0).asDouble();
            double p99999 = passes.get("p99999").get(0).asDouble();
            double max = passes.get("max").get(0).asDouble();
            assertTrue(0 < p50 && p50 <= p99999 && p99999 <= max, result.toString());
            // Half of the passes take at least the median, and all of them together no more than was measured.
            assertTrue(count / 2 * p50 < 1.2 * SECOND, result.toString());
            assertTrue(count * max > 0.8 * SECOND, result.toString());
            assertTrue(
                    Files.readString(folder.resolve("pass-" + name + ".hgrm")).contains("#[Max     ="));
        }
        double ratio = result.get("cases").get("twinport").get("p99999").get(0).asDouble()
                / result.get("cases").get("c").get("p99999").get(0).asDouble();
        assertEquals(ratio, result.get("stallVsC").get("twinport").get("median").asDouble(), 1e-9);
        assertTrue(Files.readString(html).contains("<svg"));
    }

    @Test
    void shouldRefuseWhatItCannotMeasure() {
        assertEquals(2, Main.execute("stall", "--seconds=0"));
        assertEquals(2, Main.execute("stall", "--allocate=-1"));
        assertEquals(2, Main.execute("stall", "--hgrm=/no/such/folder/pass"));
    }
}
