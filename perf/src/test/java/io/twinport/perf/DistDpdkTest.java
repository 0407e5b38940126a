package io.twinport.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.control.Pause;
import io.twinport.dataplane.cnc.CncException;
import io.twinport.dataplane.cnc.CncReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code twinport dist} makes of this tree, unpacked elsewhere and run with a {@code PATH} on which there is neither a JDK
 * nor Maven. Here and not beside the launcher's other tests, because it takes the jar that the module below has made.
 */
class DistDpdkTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int SECONDS = 180;

    /** All that the launcher and the commands call. */
    private static final List<String> TOOLS = List.of(
            "bash",
            "env",
            "dirname",
            "readlink",
            "sed",
            "find",
            "cksum",
            "cut",
            "ldconfig",
            "dpkg-query",
            "ip",
            "ping");

    @TempDir
    private static Path folder;

    private static Path archive() {
        return folder.resolve("made.tar.gz");
    }

    private static Path unpacked() {
        return folder.resolve("elsewhere/twinport");
    }

    private record Outcome(int code, String out, String err) {}

    @BeforeAll
    static void makeAndUnpack() throws Exception {
        assertEquals(
                0,
                run(List.of(ROOT + "/twinport", "dist", archive().toString())).code());
        Files.createDirectory(folder.resolve("elsewhere"));
        assertEquals(
                0,
                run(List.of("tar", "-C", folder + "/elsewhere", "-xzf", archive() + ""))
                        .code());
        Files.createDirectory(folder.resolve("bin"));
        for (String tool : TOOLS) {
            Path program = Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")
                    .map(directory -> Path.of(directory, tool))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            Files.createSymbolicLink(folder.resolve("bin").resolve(tool), program);
        }
    }

    @AfterAll
    static void shouldLeaveNothingInTheDistribution() throws IOException {
        try (Stream<Path> tree = Files.walk(unpacked())) {
            assertEquals(
                    List.of(Files.getLastModifiedTime(unpacked())),
                    tree.map(DistDpdkTest::time).distinct().toList(),
                    "every file has the time that the archive gave it");
        }
    }

    private static Object time(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Outcome run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), command::toString);
        return new Outcome(
                process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    /** As on a machine where nothing of this tree's is: no variable, and a PATH of the tools alone. */
    private static List<String> bare(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("env", "-i", "PATH=" + folder + "/bin", unpacked() + "/bin/twinport"));
        command.addAll(List.of(arguments));
        return command;
    }

    @Test
    void shouldRunWithoutAJdk() throws Exception {
        Outcome version = run(bare("--version"));
        assertEquals(0, version.code(), version::toString);
        assertTrue(version.out().startsWith("twinport "), version::toString);
        assertEquals("", version.err());

        Outcome doctor = run(bare("doctor", "--json", "-"));
        assertTrue(doctor.code() <= 1, doctor::toString);
        JsonNode findings = JsonMapper.shared().readTree(doctor.out());
        assertEquals("JDK", findings.get(0).get("subject").asString());
    }

    @Test
    void shouldSayWhatItCannotDo() throws Exception {
        Outcome test = run(bare("test"));
        assertEquals(2, test.code());
        assertTrue(test.err().contains("test needs the source tree"), test::toString);
    }

    @Test
    void shouldForward() throws Exception {
        List<String> command = bare("run", "--name", "d", "--cnc-dir", folder.toString(), "--handler", "reflect");
        command.addAll(List.of("--primary", "net_null0", "--standby", "net_null1,no-rx=1", "--", "--no-huge"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("run").toFile())
                .start();
        try {
            assertTrue(Pause.until(() -> !process.isAlive() || sent() > 0, TimeUnit.SECONDS.toMillis(SECONDS)));
            assertTrue(process.isAlive(), DistDpdkTest::said);
            Outcome ports = run(bare("show", "ports", "--name", "d", "--cnc-dir", folder.toString()));
            assertEquals(0, ports.code(), ports::toString);
            assertTrue(ports.out().contains("net_null0 up"), ports::toString);
            process.destroy();
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), DistDpdkTest::said);
    }

    private static String said() {
        try {
            return Files.readString(folder.resolve("run"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long sent() {
        try {
            return CncReading.readCounters(folder.resolve("d.cnc")).stream()
                    .filter(counter -> counter.label().equals("port 0 tx_packets primary"))
                    .mapToLong(CncReading.Counter::value)
                    .sum();
        } catch (CncException e) {
            return 0; // it is not there yet
        }
    }

    /** The JVM says nothing when it does without. */
    @Test
    void shouldTakeTheStartCacheAlthoughItWasMadeElsewhere() throws Exception {
        List<String> command = bare("--version");
        command.add(2, "TWINPORT_JAVA_OPTS=-Xlog:class+load:file=" + folder + "/classes");
        assertEquals(0, run(command).code());
        List<String> classes = Files.readAllLines(folder.resolve("classes"));
        assertTrue(
                classes.stream()
                        .anyMatch(line ->
                                line.contains("io.twinport.control.cli.Main ") && line.contains("shared objects file")),
                "taken from the jar");
    }

    /** It says what it does not understand, which systemd ignores when it starts the service. */
    @Test
    void shouldHaveAUnitThatSystemdUnderstands() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "there is no systemd to ask");
        String unit = Files.readString(unpacked().resolve("share/service/systemd/system/twinport.service"));
        Path here = folder.resolve("twinport.service");
        Files.writeString(here, unit.replace("/opt/twinport", unpacked().toString()));
        Outcome verified = run(List.of("systemd-analyze", "verify", "--man=no", here.toString()));
        assertEquals(new Outcome(0, "", ""), verified);
    }

    @Test
    void shouldBeInOrderWithFixedTimesAndWithWhatAServiceNeeds() throws Exception {
        List<String> lines = run(List.of("tar", "--utc", "--full-time", "-tvzf", archive() + ""))
                .out()
                .lines()
                .toList();
        assertFalse(lines.isEmpty());
        List<String> names = lines.stream()
                .map(line -> line.replaceFirst(".* \\d\\d:\\d\\d:\\d\\d ", "").replaceFirst(" -> .*", ""))
                .toList();
        assertTrue(lines.stream().allMatch(line -> line.matches("\\S+ (0/0|root/root) .* 2026-01-01 00:00:00 .*")));
        assertTrue(
                lines.stream().allMatch(line -> line.matches("[-dl].{4}-..-. .*") || line.startsWith("l")), "writable");
        for (String name : List.of(
                "LICENSE",
                "README.md",
                "control/README.md",
                "dataplane/packet-path.jit",
                "share/bash-completion/completions/twinport",
                "share/man/man1/twinport-run.1",
                "share/monitoring/alerts.yml",
                "share/service/systemd/system/twinport.service",
                "share/service/udev/rules.d/60-twinport.rules")) {
            assertTrue(names.contains("twinport/" + name), name);
        }
    }
}
