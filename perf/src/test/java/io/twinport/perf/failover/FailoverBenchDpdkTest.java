package io.twinport.perf.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import io.twinport.dpdk.testing.Dpdk2411;
import io.twinport.perf.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class FailoverBenchDpdkTest {
    private static final int CUTS = 4;

    @TempDir
    Path folder;

    @Test
    void shouldCutEachCaseAndCountWhatBecameOfTheFrames() throws Exception {
        JsonNode result = run("0");
        for (String name : List.of("twinport", "hold", "bonding", "selector")) {
            JsonNode summary = result.get("cases").get(name);
            assertSwitched(summary, CUTS);
            // A link that was cut really comes back, and with it what its ring still held.
            assertTrue(summary.get("times").get("backEventToBurst").get("count").asInt() > 0, summary.toString());
            assertEquals(0, summary.get("lostForGood").asLong(), name + summary);
            assertArrivals(summary.get("timeline"));
        }
        JsonNode planned = result.get("cases").get("planned");
        assertSwitched(planned, CUTS);
        assertEquals(0, planned.get("times").get("eventToBurst").get("count").asInt());
        assertNothing(planned.get("lost").get("max"));
        assertNothing(planned.get("duplicated"));
        assertNothing(planned.get("reordered"));
        assertNothing(result.get("cases").get("hold").get("lost").get("max"));
        JsonNode failsafe = result.get("cases").get("failsafe");
        assertEquals(6, failsafe.get("switched").asInt());
        assertEquals(6, failsafe.get("samples").size());
        assertTrue(result.get("ratios").get("eventP50VsBonding").get("value").asDouble() >= 0);
        String page = Files.readString(folder.resolve("page.html"));
        int timelines = 0;
        for (JsonNode summary : result.get("cases")) {
            timelines += summary.get("timeline").isNull() ? 0 : 1;
        }
        assertEquals(2 + timelines, page.split("<svg", -1).length - 1, "and two plots of percentiles");
        for (String name : List.of("twinport", "hold", "bonding", "selector", "failsafe")) {
            Path histogram = folder.resolve("switch-" + name + "-cutToBurst.hgrm");
            assertTrue(Files.readString(histogram).contains("#[Mean"), name);
        }
    }

    @Test
    void shouldCutAtARate() throws Exception {
        JsonNode result = run("100000");
        assertEquals(100_000, result.get("packetsPerSecond").asLong());
        for (String name : List.of("twinport", "bonding")) {
            assertSwitched(result.get("cases").get(name), CUTS);
        }
    }

    /** Member functions have other names there. */
    @Test
    void shouldCompileThePeersAgainstTheNextRelease() throws Exception {
        List<String> command = new ArrayList<>(List.of("gcc", "-Wall", "-Wextra", "-Werror", "-O3", "-c"));
        command.addAll(Dpdk2411.fetch().compilerFlags());
        Path source = Path.of(System.getProperty("twinport.home", ".."), "perf", "baseline", "failover.c");
        command.addAll(List.of("-o", folder.resolve("failover.o").toString(), source.toString()));
        ChildJvm.Result result = ChildJvm.run(command);
        assertEquals(0, result.exitCode(), result.toString());
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertEquals(2, Main.execute("failover", "--cuts", "1"));
        assertEquals(2, Main.execute("failover", "--launches", "0"));
        assertEquals(2, Main.execute("failover", "--rate", "-1"));
        assertEquals(
                2,
                Main.execute(
                        "failover", "--html", folder.resolve("none/page.html").toString()));
    }

    private JsonNode run(String rate) throws Exception {
        Path json = folder.resolve("result.json");
        int code = Main.execute(
                "failover",
                "--cuts",
                "" + CUTS,
                "--launches",
                "1",
                "--rate",
                rate,
                "--json",
                json.toString(),
                "--html",
                folder.resolve("page.html").toString(),
                "--hgrm",
                folder.resolve("switch").toString());
        assertEquals(0, code);
        return JsonMapper.shared().readTree(Files.readString(json));
    }

    private static void assertSwitched(JsonNode summary, int cuts) {
        // The first one of the process is told apart.
        assertEquals(cuts - 1, summary.get("cuts").asInt(), summary.toString());
        // On a busy machine a cut may be over before the loop has seen it.
        int switched = summary.get("switched").asInt();
        assertTrue(switched >= 1 && switched < cuts, summary.toString());
        assertEquals(1, summary.get("first").get("cutToBurst").get("count").asInt(), summary.toString());
        JsonNode samples = summary.get("samples").get(0);
        assertEquals(1 + switched, samples.get("cutToBurst").size());
        samples.get("cutToBurst").forEach(nanos -> assertTrue(nanos.asLong() > 0, samples.toString()));
    }

    private static void assertArrivals(JsonNode timeline) {
        if (timeline.isNull()) {
            return; // on a busy machine the record can end before the cut
        }
        long arrived = 0;
        for (String side : List.of("primary", "standby")) {
            for (JsonNode slot : timeline.get(side)) {
                arrived += slot.asLong();
            }
        }
        assertTrue(arrived > 0, timeline.toString());
    }

    private static void assertNothing(JsonNode count) {
        assertEquals(0, count.asLong(), count.toString());
    }
}
