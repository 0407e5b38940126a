package io.twinport.perf.launch;

import io.twinport.control.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process that is talked with by lines: it does what it is told, answers, and ends when its stdin does. What it says
 * beside, on stderr too, is kept for the message about its failure.
 */
public final class Session implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(10);
    private static final int LAST_LINES = 10;

    /** No line begins with it. */
    private static final String NOTHING = "\n";

    private final String name;
    private final Process process;
    private final Writer input;
    private final BufferedReader output;
    private final List<String> seen = new ArrayList<>();

    private Session(String name, Process process) {
        this.name = name;
        this.process = process;
        this.input = process.outputWriter();
        this.output = process.inputReader();
    }

    /** @param name for messages */
    public static Session start(String name, List<String> command) {
        try {
            return new Session(
                    name, new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UserException(name + " cannot be started: " + e.getMessage() + ". Run: sudo ./twinport setup", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Tells it something. */
    public void say(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            // It has ended; what it had to say about that is still to be read.
            await(NOTHING, FAREWELL);
        }
    }

    /**
     * Waits for an answer.
     *
     * @param prefix of its line
     * @param limit after which the process counts as hung, and is killed
     * @return the rest of the line
     * @throws UserException if it ends instead, with its last words
     */
    public String await(String prefix, Duration limit) {
        List<String> lines = read(prefix, limit);
        return lines.getLast().substring(prefix.length());
    }

    /** Waits for an answer as {@link #await} does; the number that the rest of its line begins with. */
    public long awaitNumber(String prefix, Duration limit) {
        return Long.parseLong(await(prefix, limit).strip().split("\\s", 2)[0]);
    }

    /**
     * Waits for an answer of many lines.
     *
     * @param last which line ends it
     * @param limit after which the process counts as hung, and is killed
     * @return the lines before
     * @throws UserException if it ends instead, with its last words
     */
    public List<String> awaitAll(String last, Duration limit) {
        List<String> lines = read(last, limit);
        return lines.subList(0, lines.size() - 1);
    }

    private List<String> read(String last, Duration limit) {
        List<String> lines = new ArrayList<>();
        CompletableFuture<Void> answered = new CompletableFuture<>();
        // A process that has been killed has no more output, which ends the reading.
        var _ = answered.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> {
            process.destroyForcibly();
            return null;
        });
        try {
            String line;
            while ((line = output.readLine()) != null) {
                lines.add(line);
                if (line.startsWith(last)) {
                    return lines;
                }
            }
        } catch (IOException e) {
            lines.add(String.valueOf(e.getMessage()));
        } finally {
            answered.complete(null);
            keep(lines);
        }
        throw failure();
    }

    /** The last ones only: an answer may have many thousands. */
    private void keep(List<String> lines) {
        seen.addAll(lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        seen.subList(0, Math.max(0, seen.size() - LAST_LINES)).clear();
    }

    private UserException failure() {
        process.destroyForcibly();
        return new UserException(
                name + " has ended or hangs (is it missing? Run: sudo ./twinport setup). Its last words:\n  "
                        + String.join("\n  ", seen));
    }

    /** Ends it: by the end of its stdin, and by force if it does not go. */
    @Override
    public void close() {
        var _ = process.onExit()
                .orTimeout(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> process.destroyForcibly());
        try (input;
                output) {
            input.close();
            while (output.readLine() != null) {
                // Its parting words; unread they would block it.
            }
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly(); // it has ended already: the pipe is closed
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
