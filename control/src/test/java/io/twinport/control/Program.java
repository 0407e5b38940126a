package io.twinport.control;

import io.twinport.control.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A process that a test starts and ends, and whose lines it can wait for. */
public final class Program implements AutoCloseable {
    private static final List<String> JAVA_FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports",
            "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx64m");

    /** As the launcher has it. */
    private static final String PACKET_FLAG = "-Dagrona.disable.bounds.checks=true";

    private static final Set<String> PACKET_COMMANDS = Set.of("demo", "run", "soak");

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    /** A background job of a script ignores SIGINT, and so would all that it starts. */
    private static final List<String> HEARS_SIGNALS = List.of("env", "--default-signal=HUP,INT,QUIT");

    private Program(List<String> command, Map<String, String> environment) {
        try {
            List<String> all = new ArrayList<>(HEARS_SIGNALS);
            all.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** Any command. */
    public static Program start(String... command) {
        return new Program(Arrays.asList(command), Map.of());
    }

    /** {@code twinport} with its launcher's flags, in a JVM of its own. */
    public static Program twinport(String... arguments) {
        return twinport(List.of(), arguments);
    }

    /** As {@link #twinport(String...)}, with more flags for the JVM. */
    public static Program twinport(List<String> flags, String... arguments) {
        return twinport(List.of(), flags, arguments);
    }

    /**
     * As {@link #twinport(String...)}, started by another program.
     *
     * @param starter with its arguments, for instance {@code ip netns exec guest}
     */
    public static Program twinport(List<String> starter, List<String> flags, String... arguments) {
        List<String> all = new ArrayList<>(starter);
        all.addAll(command(flags, arguments));
        return new Program(all, Map.of());
    }

    /** The command that {@link #twinport} starts. */
    public static List<String> command(List<String> flags, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(JAVA_FLAGS);
        if (arguments.length > 0 && PACKET_COMMANDS.contains(arguments[0])) {
            command.add(PACKET_FLAG);
        }
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** Runs a command to its end and returns what it printed; an exit code other than 0 is an error. */
    public static String run(String... command) {
        try (Program program = start(command)) {
            int code = program.waitFor(60);
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + code + "\n" + program.output());
            }
            return program.output();
        }
    }

    /** Waits for a line that contains a match, printed before or from now on. */
    public String awaitLine(String regex, int seconds) {
        Pattern pattern = Pattern.compile(regex);
        awaitCount(regex, 1, seconds);
        synchronized (lines) {
            return lines.stream()
                    .filter(line -> pattern.matcher(line).find())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Waits until {@code run} is ready and so many sides have joined, which on a busy machine may be later. */
    public void awaitReady(int sides, int seconds) {
        awaitLine("ready, ", seconds);
        awaitCount(" joined", sides, seconds);
    }

    /** Waits until so many lines contain a match. */
    public void awaitCount(String regex, int count, int seconds) {
        if (!Pause.until(() -> count(regex) >= count, TimeUnit.SECONDS.toMillis(seconds))) {
            throw new AssertionError(
                    "not " + count + " lines like '" + regex + "' within " + seconds + " s in\n" + output());
        }
    }

    /** How many lines so far contain a match. */
    public int count(String regex) {
        Pattern pattern = Pattern.compile(regex);
        synchronized (lines) {
            return (int)
                    lines.stream().filter(line -> pattern.matcher(line).find()).count();
        }
    }

    /** All that it has printed so far, stderr too. */
    public String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGINT, as Ctrl-C sends it. */
    public void interrupt() {
        signal("INT");
    }

    /** SIGTERM, as a service manager sends it. */
    public void terminate() {
        signal("TERM");
    }

    /** By a program: {@link Process#destroy} would also close what its words are read by. */
    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGKILL: no chance to say good-bye. Does not wait: beside busy CPUs Linux may take seconds to reap a process. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Waits for the end and returns the exit code. */
    public int waitFor(int seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + seconds + " s:\n" + output());
            }
            reader.join(TimeUnit.SECONDS.toMillis(10));
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            // the process was killed
        }
    }
}
