package io.twinport.perf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.perf.Main;
import io.twinport.perf.launch.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LoadedForwarderDpdkTest {
    private static final int RATE = 20_000;
    private static final Duration DURATION = Duration.ofMillis(250);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"TESTPMD", "FAILOVER"})
    void shouldAccountForEveryFrame(ForwarderCase what) {
        LoadSetup setup = new LoadSetup(Rig.ofThisMachine(), 64, 32, Duration.ofMillis(100), true, 0);
        try (LoadedForwarder loaded = LoadedForwarder.start(what, setup, Generator.program(folder))) {
            if (what.isOurs()) {
                loaded.forwarder().record();
            }
            Counts counts = loaded.send(RATE, DURATION);
            assertEquals(RATE / 4, counts.offered() + counts.skipped() + counts.unable(), 1, counts.toString());
            assertEquals(counts.offered(), counts.sent() + counts.refused(), counts.toString());
            assertEquals(counts.sent(), counts.received() - counts.duplicates() + counts.lost(), counts.toString());
            assertEquals(0, counts.duplicates() + counts.reordered(), counts.toString());
            assertTrue(counts.received() > 0, counts.toString());
            Latencies latencies = loaded.latencies();
            assertEquals(counts.received(), latencies.all().getTotalCount());
            assertEquals(counts.sent(), latencies.late().getTotalCount());
            assertTrue(latencies.undisturbed().getTotalCount() <= counts.received());
            assertTrue(latencies.all().getMinValue() > 100, "no frame is back within 100 ns");
            if (what.isOurs()) {
                Histogram passes = loaded.forwarder().passes();
                assertTrue(passes.getTotalCount() > 1000, "" + passes.getTotalCount());
            }
        }
    }

    @Test
    void shouldLookForTheNoDropRate() throws Exception {
        Path json = folder.resolve("ndr.json");
        int code = Main.execute(
                "forward",
                "--ndr",
                "--launches=1",
                "--warm-up=100",
                "--trial=5",
                "--trials=1",
                "--most=300000",
                "--json=" + json);
        assertEquals(0, code);
        JsonNode result = JsonMapper.shared().readTree(Files.readString(json));
        for (String name : List.of("testpmd", "bare", "failover")) {
            JsonNode searches = result.get("cases").get(name);
            double ndr = searches.get("ndr").get("mpps").get(0).asDouble();
            double pdr = searches.get("pdr").get("mpps").get(0).asDouble();
            assertTrue(0 <= ndr && ndr <= pdr && pdr <= 0.3, result.toString());
        }
        assertEquals("vhost", result.get("device").asString());
    }

    @Test
    void shouldRefuseWhatCannotBeSearched() {
        assertEquals(2, Main.execute("forward", "--ndr", "--device=ring"));
        assertEquals(2, Main.execute("forward", "--ndr", "--size=imix"));
        assertEquals(2, Main.execute("forward", "--ndr", "--mode=macswap"));
        assertEquals(2, Main.execute("forward", "--ndr", "--trials=2"));
        assertEquals(2, Main.execute("forward", "--ndr", "--trial=0"));
        assertEquals(2, Main.execute("forward", "--ndr", "--most=5"));
    }
}
