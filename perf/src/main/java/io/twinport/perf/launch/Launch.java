package io.twinport.perf.launch;

import io.twinport.control.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process that measures itself and tells its results line by line. It says {@link #END} when it has told all, and
 * waits for the end of its stdin, so that it can be looked at while it is read.
 */
public final class Launch {
    /** The last line of a process that has more to say than one line. */
    public static final String END = "end";

    private static final int LAST_LINES = 10;

    private Launch() {}

    /** Who reads the lines. */
    @FunctionalInterface
    public interface Listener {
        /** @param pid of the process, which still runs */
        void onLine(String line, long pid);
    }

    /** The command that runs a main class of ours with the flags of this JVM. */
    public static List<String> java(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** The same without the cache of classes and profiles that this JVM was started with (JEP 483, 514), if it was. */
    public static List<String> javaWithoutCache(Class<?> main, List<String> arguments) {
        List<String> command = java(main, arguments);
        command.removeIf(Launch::isCache);
        return command;
    }

    /** Whether this JVM was told to use such a cache, which its children are told as well. */
    public static boolean hasCache() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream().anyMatch(Launch::isCache);
    }

    private static boolean isCache(String flag) {
        return flag.startsWith("-XX:AOTCache");
    }

    /**
     * Runs a process to its end.
     *
     * @param name for messages
     * @param limit after which it counts as hung, and is killed
     * @return all that it has printed, stderr too
     * @throws UserException if it fails, with its last words
     */
    public static List<String> run(String name, List<String> command, Duration limit, Listener listener) {
        List<String> lines = new ArrayList<>();
        Process process = start(name, command);
        AtomicBoolean late = new AtomicBoolean();
        // Its output ends with the process, so the limit holds for the reading too.
        var _ = process.onExit()
                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(_ -> {
                    late.set(true);
                    return process.destroyForcibly();
                });
        try (BufferedReader output = process.inputReader();
                OutputStream input = process.getOutputStream()) {
            String line;
            while ((line = output.readLine()) != null) {
                lines.add(line);
                listener.onLine(line, process.pid());
                if (line.equals(END)) {
                    input.close();
                }
            }
            int code = process.waitFor();
            if (code != 0) {
                String end = late.get()
                        ? " has not ended within " + limit.toSeconds() + " s: is the machine very busy?"
                        : " has failed (exit code " + code + ").";
                throw new UserException(name + end + " Its last words:\n  "
                        + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The rest of the line that begins so, among what {@link #run} has returned. */
    public static String find(String prefix, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .map(line -> line.substring(prefix.length()))
                .orElseThrow(() -> new UserException("no result among:\n  " + String.join("\n  ", lines)));
    }

    private static Process start(String name, List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UserException(name + " cannot be started: " + e.getMessage(), e);
        }
    }
}
