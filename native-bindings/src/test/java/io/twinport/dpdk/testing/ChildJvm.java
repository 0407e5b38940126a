package io.twinport.dpdk.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own for a main class of this class path, for what can happen only once in a process. */
public final class ChildJvm {
    private static final int LIMIT_SECONDS = 120;

    private final List<String> loader = new ArrayList<>();
    private final List<String> flags = new ArrayList<>(List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports",
            "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-XX:-UsePerfData"));

    /** Adds flags of the JVM. */
    public ChildJvm with(String... more) {
        flags.addAll(Arrays.asList(more));
        return this;
    }

    /** Starts the JVM through another loader than the system's, and so with another libc. */
    public ChildJvm through(List<String> otherLoader) {
        loader.addAll(otherLoader);
        return this;
    }

    /** How it ended, and what it printed on stdout and stderr. */
    public record Result(int exitCode, List<String> lines) {
        /** What follows {@code key=} in the line that starts with it. */
        public String value(String key) {
            return lines.stream()
                    .filter(line -> line.startsWith(key + "="))
                    .map(line -> line.substring(key.length() + 1))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no line " + key + "=... in the output:\n" + this));
        }

        @Override
        public String toString() {
            return "exit code " + exitCode + "\n" + String.join("\n", lines);
        }
    }

    /** Runs {@code main} to its end. */
    public Result run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(loader);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(Arrays.asList(arguments));
        return run(command);
    }

    /** Runs any program to its end. */
    public static Result run(List<String> command) throws IOException, InterruptedException {
        // Into a file: nobody has to read along, and a child that hangs leaves what it has said.
        Path output = Files.createTempFile("child", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            List<String> lines = Files.readAllLines(output);
            if (!ended) {
                throw new AssertionError(
                        command + " has not ended within " + LIMIT_SECONDS + " s:\n" + String.join("\n", lines));
            }
            return new Result(process.exitValue(), lines);
        } finally {
            Files.delete(output);
        }
    }
}
