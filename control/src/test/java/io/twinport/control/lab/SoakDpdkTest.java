package io.twinport.control.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as a user starts it: a JVM of its own, with a heap of 64 MB. */
class SoakDpdkTest {
    private static final int SECONDS = 600;

    @TempDir
    private Path folder;

    private JsonNode soak(String... arguments) throws IOException {
        Path json = folder.resolve("result.json");
        List<String> all = new ArrayList<>(List.of("soak", "--json", json.toString(), "--cnc-dir", folder.toString()));
        all.addAll(List.of(arguments));
        try (Program soak = Program.twinport(all.toArray(String[]::new))) {
            assertEquals(0, soak.waitFor(SECONDS), soak::output);
            assertEquals(0, soak.count("WARNING|Exception|VIOLATION"), soak::output);
            System.out.println(soak.output());
        }
        return JsonMapper.shared().readTree(Files.readString(json));
    }

    private static void assertBalance(JsonNode result) {
        assertEquals(0, result.get("unaccounted").asLong(), result::toPrettyString);
        assertEquals(0, result.get("violations").size(), result::toPrettyString);
        assertTrue(result.get("poolFull").asBoolean());
        for (String name : List.of("out", "back")) {
            JsonNode direction = result.get(name);
            assertTrue(direction.get("delivered").asLong() > 0, result::toPrettyString);
            assertEquals(
                    direction.get("offered").asLong(),
                    direction.get("refused").asLong()
                            + direction.get("delivered").asLong()
                            + direction.get("lost").asLong()
                            + direction.get("dropped").asLong()
                            + direction.get("suppressed").asLong(),
                    result::toPrettyString);
        }
    }

    @ParameterizedTest
    @CsvSource({"dpdk, 10000", "twinport, 3000"})
    void shouldAccountForEachFrameInThousandsOfFaults(String driver, int faults) throws IOException {
        JsonNode result = soak("--faults", "" + faults, "--driver", driver);
        assertBalance(result);
        assertEquals(driver, result.get("driver").asString());
        assertEquals(faults, result.get("faults").asLong());
        assertTrue(result.get("switches").asLong() > faults / 10, result::toPrettyString);
        for (Fault fault : Fault.values()) {
            assertTrue(result.get("faultsByKind").has(fault.toString()), () -> fault + " has never come");
        }
    }

    @Test
    void shouldGiveTheSameFaultsAgainForASeed() throws IOException {
        JsonNode first = soak("--faults", "60", "--seed", "77", "--", "--no-huge");
        JsonNode second = soak("--faults", "60", "--seed", "77", "--rate", "100000", "--", "--no-huge");
        assertBalance(first);
        assertBalance(second);
        assertEquals(77, first.get("seed").asLong());
        assertEquals(first.get("faultsByKind"), second.get("faultsByKind"));
        assertEquals(first.get("lastFaults"), second.get("lastFaults"));
    }

    @Test
    void shouldEndWhenItsTimeIsOver() throws IOException {
        JsonNode result = soak("--minutes", "0.05");
        assertBalance(result);
        assertTrue(result.get("seconds").asDouble() >= 3, result::toPrettyString);
        assertTrue(result.get("faults").asLong() > 0, result::toPrettyString);
    }

    @Test
    void shouldRefuseNonsense() {
        for (List<String> wrong : List.of(
                List.of("--minutes", "0"),
                List.of("--minutes", "soon"),
                List.of("--faults", "0"),
                List.of("--faults", "-3"),
                List.of("--rate", "-1"),
                List.of("--seed", "x"),
                List.of("--driver", "kernel"),
                List.of("--json", "/no/such/folder/x.json"))) {
            List<String> all = new ArrayList<>(List.of("soak"));
            all.addAll(wrong);
            Executed soak = Executed.twinport(all.toArray(String[]::new));
            assertEquals(2, soak.code(), soak::output);
            assertTrue(soak.output().contains(wrong.getFirst()), soak::output);
        }
    }
}
