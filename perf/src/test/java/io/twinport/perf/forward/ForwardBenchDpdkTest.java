package io.twinport.perf.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ForwardBenchDpdkTest {
    private static final long PACKETS = 100_000;

    @TempDir
    Path folder;

    @Test
    void shouldForwardInEachCaseAndWriteWhatItHasMeasured() throws Exception {
        Path html = folder.resolve("forward.html");
        JsonNode result =
                forward("--cases", "all", "--device", "null", "--packets", "" + PACKETS, "--html", html.toString());
        assertEquals(
                "./twinport bench forward --launches 1 --cases testpmd,bare,failover,presence,both,hold,pipeline,bonding,"
                        + "failsafe --device null --size 64 --burst 32 --mode io --packets " + PACKETS
                        + " --warm-up 20",
                result.get("command").asString());
        assertTrue(result.get("dpdk").asString().startsWith("DPDK "), result.toString());
        assertEquals(PACKETS, result.get("packets").asLong());
        assertEquals(1, result.get("launches").asInt());
        for (ForwardCase what : ForwardCase.values()) {
            if (what == ForwardCase.OWN) { // twinport's own driver drives no null device
                assertFalse(result.get("cases").has(what.label()), result.toString());
            } else {
                checkRates(result, what.label());
            }
        }
        double expected =
                Ratio.of(mpps(result, "failover"), mpps(result, "bare")).median();
        assertEquals(
                expected,
                result.get("ratios").get("failoverVsBare").get("median").asDouble(),
                1e-9);
        assertTrue(result.get("ratios").has("failsafeVsTestpmd"), result.toString());
        assertTrue(Files.readString(html).contains("<svg "));
    }

    @Test
    void shouldForwardOnEachDevice() throws Exception {
        JsonNode result = forward(
                "--cases",
                "testpmd,failover",
                "--device",
                "ring,vhost,memif",
                "--size",
                "imix",
                "--burst",
                "8",
                "--mode",
                "macswap",
                "--packets",
                "2000");
        JsonNode points = result.get("points");
        assertEquals(3, points.size());
        for (String device : List.of("ring", "vhost", "memif")) {
            JsonNode point = points.get(device + "/imix/8/macswap");
            assertEquals("imix", point.get("size").asString());
            checkRates(point, "testpmd");
            checkRates(point, "failover");
        }
    }

    @Test
    void shouldForwardByTwinportsOwnVirtioDriver() throws Exception {
        JsonNode result = forward("--cases", "testpmd,own", "--device", "vhost", "--packets", "2000");
        checkRates(result, "own");
        assertTrue(result.get("ratios").has("ownVsTestpmd"), result.toString());
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
        assertEquals(2, Main.execute("forward", "--device", "ring,memif", "--cases", "bonding,failsafe"));
        assertEquals(2, Main.execute("forward", "--cases", "bare,bond"));
        assertEquals(2, Main.execute("forward", "--attempts", "0"));
        assertEquals(2, Main.execute("forward", "--html", "/no/such/folder/file"));
        assertEquals(2, Main.execute("forward", "--mode", "mac"));
    }

    private JsonNode forward(String... options) throws Exception {
        Path file = folder.resolve("forward.json");
        List<String> arguments = new ArrayList<>(List.of("forward", "--launches", "1", "--attempts", "1"));
        arguments.addAll(List.of("--warm-up", "20", "--json", file.toString()));
        arguments.addAll(List.of(options));
        assertEquals(0, Main.execute(arguments.toArray(String[]::new)));
        return JsonMapper.shared().readTree(Files.readString(file));
    }

    private static void checkRates(JsonNode result, String name) {
        JsonNode rates = result.get("cases").get(name);
        assertEquals(1, rates.get("mpps").size());
        assertTrue(rates.get("median").asDouble() > 0, result.toString());
        assertTrue(rates.get("firstPacketSeconds").asDouble() > 0, result.toString());
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
