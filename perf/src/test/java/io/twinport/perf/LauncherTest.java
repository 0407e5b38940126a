package io.twinport.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher of this tree, with the jar that the module below has made. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../twinport").toAbsolutePath().normalize();
    private static final int SECONDS = 120;

    @TempDir
    private Path folder;

    /** A JDK's release file is not believed to be one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "JAVA_VERSION=\"08\"",
                "JAVA_VERSION=\"0\"",
                "JAVA_VERSION=\"99999999999999999999999\"",
                "JAVA_VERSION=\"1.8.0_402\"\nJAVA_VERSION=\"09\"",
                "JAVA_VERSION=\"a[$(touch pwned)]\"",
                ""
            })
    void shouldLookForAnotherJdkWhereOneIsNone(String release) throws Exception {
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'version \"08\"' >&2\n");
        Files.writeString(folder.resolve("jdk/bin/javac"), "#!/bin/sh\n");
        for (Path program : List.of(java, folder.resolve("jdk/bin/javac"))) {
            assertTrue(program.toFile().setExecutable(true));
        }
        Files.writeString(folder.resolve("jdk/release"), release);
        String usual = run(0, Map.of(), "--version");
        assertEquals(usual, run(0, Map.of("JAVA_HOME", folder.resolve("jdk").toString()), "--version"));
    }

    /** EAL's help would end the process as if all were well. */
    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "--log-level=help", "--hel"})
    void shouldNotHaveEalEndTheProcess(String argument) throws Exception {
        String output = run(2, Map.of(), "run", "--primary", "net_null0", "--", "--no-huge", argument);
        assertTrue(output.contains("EAL"), output);
        assertEquals(1, output.lines().count(), output);
    }

    @Test
    void shouldEndAtOnceWhereARunIsRefused() throws Exception {
        String output = run(2, Map.of(), "run", "--name", "../x", "--primary", "net_null0", "--", "--no-huge");
        assertEquals(1, output.lines().count(), output);
    }

    private String run(int code, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(LAUNCHER.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().putAll(environment);
        builder.environment().put("TWINPORT_IN_BUILD", "1");
        builder.environment().put("TWINPORT_NO_HUGEPAGES", "1");
        Process launcher = builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(launcher.waitFor(SECONDS, TimeUnit.SECONDS), "it takes too long");
        String text = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(code, launcher.exitValue(), text);
        assertTrue(Files.notExists(folder.resolve("pwned")), "what a file says was executed");
        return text;
    }
}
