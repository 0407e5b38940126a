package io.twinport.control.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Pause;
import io.twinport.control.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as a user starts it: a JVM of its own, with a heap of 64 MB. */
class DemoDpdkTest {
    private static final int SECONDS = 60;
    private static final int MOST_RESIDENT_KILOBYTES = 200 * 1024;

    @TempDir
    private Path folder;

    private JsonNode demo(String... arguments) throws IOException {
        Path json = folder.resolve("result.json");
        List<String> all = new ArrayList<>(List.of("demo", "--json", json.toString(), "--cnc-dir", folder.toString()));
        all.addAll(List.of("--hgrm", folder.resolve("demo.hgrm").toString()));
        all.addAll(List.of(arguments));
        try (Program demo = Program.twinport(all.toArray(String[]::new))) {
            assertEquals(0, demo.waitFor(SECONDS), demo::output);
            assertEquals(0, demo.count("WARNING|Exception"), demo::output);
            assertEquals(1, demo.count("full again"), demo::output);
        }
        assertTrue(Files.readString(folder.resolve("demo.hgrm")).contains("Percentile"));
        return JsonMapper.shared().readTree(Files.readString(json));
    }

    private static void assertBalance(JsonNode result, int switches) {
        assertEquals(switches, result.get("switches").asInt());
        assertEquals(switches, result.get("failovers").asInt());
        assertEquals(switches, result.get("failbacks").asInt());
        assertEquals(0, result.get("unaccounted").asLong(), result::toPrettyString);
        assertEquals(
                result.get("sent").asLong(),
                result.get("delivered").asLong()
                        + result.get("lost").asLong()
                        + result.get("refused").asLong());
        assertTrue(result.get("delivered").asLong() > 0, result::toPrettyString);
        assertEquals(switches, result.get("eventToBurstNs").get("count").asInt());
        assertTrue(result.get("poolFull").asBoolean());
        for (String side : List.of("primary", "standby")) {
            JsonNode count = result.get("sides").get(side);
            // What the driver took has arrived, or was in the ring that was cut off.
            assertTrue(count.get("tx").asLong() >= count.get("farEndRx").asLong(), result::toPrettyString);
            assertTrue(count.get("farEndRx").asLong() > 0, result::toPrettyString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dpdk", "twinport"})
    void shouldSwitchEachTimeAndAccountForEachFrameInBothDirectionsWithoutHugepages(String driver) throws IOException {
        JsonNode result = demo("--driver", driver, "--switches", "20", "--name", "kept", "--", "--no-huge");
        assertEquals(driver, result.get("driver").asString());
        assertBalance(result, 20);
        assertReplayed(20);
    }

    /** The file that the run has left behind holds all that its policy was told. */
    private void assertReplayed(int switches) {
        Executed replay = Executed.twinport("replay", folder.resolve("kept.cnc").toString());
        assertEquals(0, replay.code(), replay::output);
        assertEquals(1, replay.count("each decided as before"), replay::output);
        assertEquals(switches, replay.count("primary link down .* primary -> standby"), replay::output);
        assertEquals(switches, replay.count("standby -> primary"), replay::output);
    }

    /** U13, under full load, both ways. */
    @ParameterizedTest
    @CsvSource({"dpdk, --no-huge", "dpdk, --in-memory", "twinport, --no-huge"})
    void shouldLoseDoubleAndReorderNothingInPlannedSwitches(String driver, String memory) throws IOException {
        JsonNode result = demo("--driver", driver, "--planned", "--switches", "25", "--", memory);
        assertEquals("planned", result.get("mode").asString());
        assertEquals(25, result.get("switches").asInt());
        for (String count : List.of("lost", "unaccounted", "duplicated", "reordered")) {
            assertEquals(0, result.get(count).asLong(), result::toPrettyString);
        }
        assertEquals(
                result.get("sent").asLong(),
                result.get("delivered").asLong() + result.get("refused").asLong());
        long arrived = 0;
        for (String side : List.of("primary", "standby")) {
            JsonNode count = result.get("sides").get(side);
            assertEquals(count.get("tx").asLong(), count.get("farEndRx").asLong(), result::toPrettyString);
            assertTrue(count.get("tx").asLong() > 1000, result::toPrettyString);
            arrived += count.get("farEndRx").asLong();
        }
        assertTrue(arrived > 10_000);
        assertTrue(result.get("poolFull").asBoolean());
    }

    /** U4: what was in flight is sent again; what a ring delivers later is a duplicate. */
    @ParameterizedTest
    @ValueSource(strings = {"dpdk", "twinport"})
    void shouldLoseNothingWithHeldFrames(String driver) throws IOException {
        JsonNode result = demo("--driver", driver, "--hold", "--switches", "20");
        assertBalance(result, 20);
        assertEquals(0, result.get("lost").asLong(), result::toPrettyString);
        assertTrue(result.get("holdMillis").asInt() > 0);
        assertTrue(result.get("duplicated").asLong() <= result.get("resent").asLong(), result::toPrettyString);
        assertEquals(0, result.get("dropped").asLong());
    }

    @Test
    void shouldLoseNothingThatHasNotBeenRefusedWhenTransmittingAtAModestRate() throws IOException {
        JsonNode result = demo("--switches", "10", "--direction", "tx", "--rate", "100000");
        assertBalance(result, 10);
        double seconds = result.get("seconds").asDouble();
        double rate = result.get("sent").asLong() / (seconds + 0.5);
        // A busy machine sends less.
        assertTrue(rate > 1000 && rate < 110_000, () -> "sent at " + rate + " packets per second");
    }

    @Test
    void shouldCarryTheFramesOfACapture() throws IOException {
        ByteBuffer capture = ByteBuffer.allocate(4000);
        capture.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).put(new byte[16]);
        for (int length : new int[] {60, 1514, 333}) {
            capture.putInt(0).putInt(0).putInt(length).putInt(length).put(new byte[length]);
        }
        byte[] bytes = new byte[capture.position()];
        capture.get(0, bytes);
        Path file = Files.write(folder.resolve("three.pcap"), bytes);
        assertBalance(demo("--switches", "3", "--pcap", file.toString()), 3);
    }

    @Test
    void shouldStayWithin200MegabytesBesideItsPackets() throws IOException {
        try (Program demo = Program.twinport("demo", "--switches", "15", "--cnc-dir", folder.toString())) {
            demo.awaitLine("active", SECONDS);
            int resident = 0;
            while (demo.isAlive()) {
                resident = Math.max(resident, residentKilobytes(demo.pid()));
                Pause.millis(50);
            }
            assertTrue(resident > 0 && resident < MOST_RESIDENT_KILOBYTES, "resident: " + resident + " kB");
        }
    }

    private static int residentKilobytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // it has ended meanwhile
        }
    }
}
