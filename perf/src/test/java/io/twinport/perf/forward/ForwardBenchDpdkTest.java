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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                "./twinport bench forward --launches 2 --device null --size 64 --burst 32 --mode io --packets "
                        + PACKETS + " --warm-up 50",
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

    @ParameterizedTest
    @CsvSource({"null, 1518, 64, macswap, 50000", "ring, imix, 8, io, 50000", "vhost, imix, 1, macswap, 2000"})
    void shouldForwardOnEachDevice(String device, String size, String burst, String mode, String packets)
            throws Exception {
        Path file = folder.resolve(device + ".json");
        List<String> arguments = new ArrayList<>(List.of("forward", "--launches", "1", "--warm-up", "20"));
        arguments.addAll(List.of("--device", device, "--size", size, "--burst", burst, "--mode", mode));
        arguments.addAll(List.of("--packets", packets, "--json", file.toString()));
        assertEquals(0, Main.execute(arguments.toArray(String[]::new)));
        JsonNode result = JsonMapper.shared().readTree(Files.readString(file));
        assertEquals(size, result.get("size").asString());
        for (String name : List.of("testpmd", "bare", "failover")) {
            JsonNode rates = result.get("cases").get(name);
            assertTrue(rates.get("median").asDouble() > 0, result.toString());
            assertTrue(rates.get("firstPacketSeconds").asDouble() > 0, result.toString());
        }
    }

    @Test
    void shouldSayThatTestpmdHasEnded() {
        ForwardSetup refused = new ForwardSetup(
                new Rig(1, 0, List.of("--no-such-option")),
                ForwardDevice.NULL,
                FrameSize.of("64"),
                32,
                ForwardMode.IO,
                1,
                Duration.ZERO);
        UserException e =
                Assertions.assertThrows(UserException.class, () -> Testpmd.measure(ForwardCase.TESTPMD, refused));
        assertTrue(("" + e.getMessage()).startsWith("dpdk-testpmd has ended"), e.toString());
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertEquals(2, Main.execute("forward", "--launches", "0"));
        assertEquals(2, Main.execute("forward", "--packets", "-1"));
        assertEquals(2, Main.execute("forward", "--burst", "65"));
        assertEquals(2, Main.execute("forward", "--size", "63"));
        assertEquals(2, Main.execute("forward", "--size", "imix"));
        assertEquals(2, Main.execute("forward", "--device", "tap"));
        assertEquals(2, Main.execute("forward", "--mode", "mac"));
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
