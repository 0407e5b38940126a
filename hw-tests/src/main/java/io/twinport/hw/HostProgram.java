package io.twinport.hw;

import io.twinport.control.Pause;
import io.twinport.control.cli.Main;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code twinport} on this very machine, in a process of its own. */
final class HostProgram implements AutoCloseable {
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    private HostProgram(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** @param arguments separated by blanks */
    static HostProgram start(String arguments) throws IOException {
        return new HostProgram(builder(Arrays.asList(arguments.split(" ", -1))).start());
    }

    /** @param programs a folder in which it finds programs before all others */
    static HostProgram start(Path programs, List<String> arguments) throws IOException {
        ProcessBuilder builder = builder(arguments);
        builder.environment().merge("PATH", programs.toString(), (path, first) -> first + File.pathSeparator + path);
        return new HostProgram(builder.start());
    }

    private static ProcessBuilder builder(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(Lab.JAVA_FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Waits until so many lines contain a match. */
    void awaitCount(String regex, int count, Duration limit) {
        boolean came = Pause.until(() -> count(regex) >= count || !process.isAlive(), limit.toMillis());
        if (!came || count(regex) < count) {
            throw new AssertionError("not " + count + " lines like '" + regex + "' within " + limit.toSeconds() + " s");
        }
    }

    int count(String regex) {
        return lines(regex).size();
    }

    synchronized List<String> lines(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return lines.stream().filter(line -> pattern.matcher(line).find()).toList();
    }

    synchronized String output() {
        return String.join("\n", lines);
    }

    /** Asks it to end, and returns its exit code. */
    int terminate(Duration limit) {
        process.destroy();
        return await(limit);
    }

    /** Waits for its end, and returns its exit code. */
    int await(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("twinport still runs after " + limit.toSeconds() + " s:\n" + output());
            }
            reader.join(limit.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (this) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            // it has ended
        }
    }
}
