package io.twinport.perf.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.perf.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompareCommandTest {
    private static final String BEFORE = """
            {"machine": "one", "forward.nullVsTestpmd": 1.0, "forward.nullVsTestpmd.interval": [0.98, 1.02],
             "failover.eventP50VsBonding": 0.4, "failover.eventP50VsBonding.interval": [0.35, 0.45],
             "forward.nullVsTestpmd.samples": {"mpps": {"c": [1, 2]}}}
            """;

    @TempDir
    Path folder;

    @Test
    void shouldFindNothingInTheSameResult() throws Exception {
        String out = compare(0, BEFORE, BEFORE);
        assertTrue(out.contains("forward.nullVsTestpmd"), out);
        assertEquals(2, out.lines().filter(line -> line.endsWith("=")).count(), out);
    }

    /** A rate is to grow, a time is to shrink; and what the intervals cover is neither. */
    @Test
    void shouldTellBetterFromWorse() throws Exception {
        String worse = BEFORE.replace("1.0,", "0.9,").replace("[0.98, 1.02]", "[0.89, 0.91]");
        assertTrue(compare(1, BEFORE, worse).contains("-10.0 %  WORSE"));
        assertTrue(compare(0, worse, BEFORE).contains("+11.1 %  better"));
        String faster = BEFORE.replace("0.4,", "0.2,").replace("[0.35, 0.45]", "[0.1, 0.3]");
        assertTrue(compare(0, BEFORE, faster).contains("-50.0 %  better"));
        assertTrue(compare(1, faster, BEFORE).contains("+100.0 %  WORSE"));
        String near = BEFORE.replace("0.4,", "0.44,").replace("[0.35, 0.45]", "[0.43, 0.46]");
        assertTrue(compare(0, BEFORE, near).contains("+10.0 %  ="));
    }

    @Test
    void shouldMissAFigureAndNameOtherMachines() throws Exception {
        String other =
                "{\"machine\": \"two\", \"forward.nullVsTestpmd\": 1, \"forward.nullVsTestpmd.interval\": [1, 1]}";
        String out = compare(1, BEFORE, other);
        assertTrue(out.contains("missing"), out);
        assertTrue(out.contains("machine: one -> two"), out);
    }

    /** As {@code bench scale} writes them. */
    @Test
    void shouldTellRatesFromOtherFiguresOfOneResult() throws Exception {
        String figure = "{\"twinport\": {\"median\": 1, \"low\": 1, \"high\": 1}}";
        String scale = "{\"mppsVsTestpmd\": " + figure + ", \"residentMegabytes\": " + figure + "}";
        String out = compare(1, scale, scale.replace("1", "2"));
        assertTrue(out.lines().anyMatch(line -> line.startsWith("mppsVsTestpmd") && line.endsWith("better")), out);
        assertTrue(out.lines().anyMatch(line -> line.startsWith("resident") && line.endsWith("WORSE")), out);
    }

    /** As {@code bench forward} and {@code bench failover} write them. */
    @Test
    void shouldReadRatiosOfASingleBench() throws Exception {
        String forward =
                "{\"device\": \"null\", \"ratios\": {\"failoverVsBare\": {\"median\": 1, \"low\": 1, \"high\": 1}}}";
        String slower = forward.replace("1", "0.5");
        assertTrue(compare(1, forward, slower).contains("ratios.failoverVsBare"));
        String matrix = "{\"points\": {\"null/64/32/io\": " + forward + "}}";
        String worse = compare(1, matrix, matrix.replace(": 1", ": 0.5"));
        assertTrue(worse.contains("points.null/64/32/io.ratios.failoverVsBare"), worse);
        String failover = "{\"ratios\": {\"eventP50VsBonding\": {\"value\": 1, \"low\": 1, \"high\": 1}}}";
        assertTrue(compare(0, failover, failover.replace("1", "0.5")).contains("better"));
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws Exception {
        Path good = file("good", BEFORE);
        String interval = "{\"a\": 1, \"a.interval\": %s}";
        for (String bad : new String[] {
            "",
            "{",
            "{}",
            "[1]",
            "{\"machine\": \"one\"}",
            interval.formatted("{}"),
            interval.formatted("[[], []]"),
            "{\"a\": {\"low\": [], \"high\": {}}}",
            "[".repeat(100_000),
            " ".repeat(2_000_000)
        }) {
            assertEquals(
                    2, Main.execute("compare", good.toString(), file("bad", bad).toString()), bad);
        }
        Path fifo = folder.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        for (Path odd : new Path[] {folder.resolve("none"), folder, fifo, Path.of("/dev/zero")}) {
            assertEquals(2, Main.execute("compare", good.toString(), odd.toString()), odd::toString);
        }
    }

    private String compare(int code, String before, String after) throws IOException {
        PrintStream stdout = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            int actual = Main.execute(
                    "compare",
                    file("before", before).toString(),
                    file("after", after).toString());
            assertEquals(code, actual, bytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(stdout);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
