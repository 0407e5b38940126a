package io.twinport.dataplane.line;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.Main;

/**
 * The {@code *StressTest} classes under jcstress: the words that threads share, raced some million times each. Some seconds
 * here; {@code -Dtwinport.stress=default}, {@code quick} or {@code tough} asks for jcstress's own modes.
 */
class SharedWordsTest {
    private static final List<String> ACCESS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData");
    /** One JVM for each test, with the compiler that reorders most. */
    private static final List<String> SHORT = List.of(
            "-f",
            "1",
            "-iters",
            "4",
            "-time",
            "500",
            "-sc",
            "false",
            "-af",
            "NONE",
            "-jvmArgs",
            "-XX:-TieredCompilation");

    private static final int TESTS = 7;
    private static final int MINUTES = 240;

    @TempDir
    private Path folder;

    @Test
    void shouldBeSeenInOrder() throws Exception {
        String mode = System.getProperty("twinport.stress", "short");
        // Its JVMs have the flags of the one that starts them.
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ACCESS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("-t", "io.twinport.*StressTest", "-r", folder.toString()));
        command.addAll(mode.equals("short") ? SHORT : List.of("-m", mode));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        String text = Files.readString(output);
        assertTrue(ended && process.exitValue() == 0, text);
        assertTrue(text.contains("Failed tests: No matches") && text.contains("Error tests: No matches"), text);
        Matcher passed = Pattern.compile("All remaining tests: (\\d+) matching").matcher(text);
        assertTrue(passed.find() && Integer.parseInt(passed.group(1)) >= TESTS, text);
    }
}
