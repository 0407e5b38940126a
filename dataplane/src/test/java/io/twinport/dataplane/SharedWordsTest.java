package io.twinport.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.Main;

/**
 * The {@code *StressTest} classes under jcstress: the words that threads share, raced some million times each. Seconds here;
 * {@code -Dtwinport.stress=default}, or {@code tough}, asks for its longer modes.
 */
class SharedWordsTest {
    private static final String FLAGS =
            "--enable-native-access=ALL-UNNAMED --add-exports java.base/jdk.internal.misc=ALL-UNNAMED -XX:+UseSerialGC";
    private static final int TESTS = 6;

    @TempDir
    private Path folder;

    @Test
    void shouldBeSeenInOrder() throws Exception {
        String mode = System.getProperty("twinport.stress", "short");
        List<String> bounds = mode.equals("short")
                ? List.of("-f", "1", "-iters", "2", "-time", "250", "-sc", "false", "-jvmArgs", FLAGS)
                : List.of("-m", mode, "-jvmArgsPrepend", FLAGS);
        String[] arguments = new String[bounds.size() + 4];
        List.of("-t", "io.twinport.*StressTest", "-r", folder.toString()).toArray(arguments);
        for (int i = 0; i < bounds.size(); i++) {
            arguments[4 + i] = bounds.get(i);
        }
        ChildJvm.Result result = new ChildJvm().run(Main.class, arguments);
        assertEquals(0, result.exitCode(), result::toString);
        String output = String.join("\n", result.lines());
        assertTrue(output.contains("Failed tests") || output.contains("passed"), output);
    }
}
