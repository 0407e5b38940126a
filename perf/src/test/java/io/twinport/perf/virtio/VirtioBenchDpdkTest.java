package io.twinport.perf.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.perf.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class VirtioBenchDpdkTest {
    @TempDir
    Path folder;

    @Test
    void shouldTimeEachDriverWithEachLoadBothWays() throws Exception {
        Path json = folder.resolve("virtio.json");
        Path html = folder.resolve("virtio.html");
        assertEquals(0, Main.execute("virtio", "--launches=1", "--rounds=1", "--json=" + json, "--html=" + html));
        JsonNode result = JsonMapper.shared().readTree(Files.readString(json));
        for (Load load : Load.ALL) {
            for (String direction : new String[] {"out", "in"}) {
                for (VirtioCase what : VirtioCase.values()) {
                    double nanos = nanos(result, load, direction, what);
                    // A frame is allocated, described, copied and freed: no machine does that in a nanosecond.
                    assertTrue(1 < nanos && nanos < 100_000, result::toString);
                }
            }
        }
        double ratio = nanos(result, Load.USUAL, "out", VirtioCase.TWINPORT)
                / nanos(result, Load.USUAL, "out", VirtioCase.DEFAULT);
        assertEquals(
                ratio, result.get("ratios").get("outVsDefault").get("median").asDouble(), 1e-9);
        assertTrue(Files.readString(html).contains("<svg"));
    }

    private static double nanos(JsonNode result, Load load, String direction, VirtioCase what) {
        JsonNode byCase = result.get("nanos").get(load.label() + ", " + direction);
        return byCase.get(what.label()).get(0).asDouble();
    }

    @Test
    void shouldRefuseWhatItCannotMeasure() {
        assertEquals(2, Main.execute("virtio", "--launches=0"));
        assertEquals(2, Main.execute("virtio", "--rounds=0"));
        assertEquals(2, Main.execute("virtio", "--json=/no/such/folder/result.json"));
    }
}
