package io.twinport.perf.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.perf.Main;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.statistics.Ratio;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ForwardBenchDpdkTest {
    private static final long PACKETS = 100_000;

    @TempDir
    Path folder;

    @Test
    void shouldForwardInEachCaseAndWriteWhatItHasMeasured() throws Exception {
        Path file = folder.resolve("forward.json");
        int code = Main.execute(
                "forward", "--launches", "2", "--packets", "" + PACKETS, "--warm-up", "50", "--json", file.toString());
        assertEquals(0, code);
        JsonNode result = JsonMapper.shared().readTree(Files.readString(file));
        assertEquals(
                "./twinport bench forward --launches 2 --packets " + PACKETS + " --warm-up 50",
                result.get("command").asString());
        assertTrue(result.get("dpdk").asString().startsWith("DPDK "), result.toString());
        assertEquals(PACKETS, result.get("packets").asLong());
        assertEquals(2, result.get("launches").asInt());
        for (String name : List.of("testpmd", "bare", "failover")) {
            JsonNode rates = result.get("cases").get(name);
            assertEquals(2, rates.get("mpps").size());
            rates.get("mpps").forEach(mpps -> assertTrue(mpps.asDouble() > 0, result.toString()));
            assertTrue(rates.get("median").asDouble() > 0, result.toString());
        }
        double expected =
                Ratio.of(mpps(result, "failover"), mpps(result, "bare")).median();
        assertEquals(
                expected,
                result.get("ratios").get("failoverVsBare").get("median").asDouble(),
                1e-9);
    }

    @Test
    void shouldSayThatTestpmdHasEnded() {
        ForwardSetup refused = new ForwardSetup(new Rig(1, 0, List.of("--no-such-option")), 1, Duration.ZERO);
        UserException e = Assertions.assertThrows(UserException.class, () -> Testpmd.measure(refused));
        assertTrue(("" + e.getMessage()).startsWith("dpdk-testpmd has ended"), e.toString());
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertEquals(2, Main.execute("forward", "--launches", "0"));
        assertEquals(2, Main.execute("forward", "--packets", "-1"));
    }

    private static double[] mpps(JsonNode result, String name) {
        JsonNode mpps = result.get("cases").get(name).get("mpps");
        double[] values = new double[mpps.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = mpps.get(i).asDouble();
        }
        return values;
    }
}
