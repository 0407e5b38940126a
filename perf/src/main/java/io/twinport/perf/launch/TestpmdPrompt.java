package io.twinport.perf.launch;

import io.twinport.control.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code dpdk-testpmd} that is driven by its prompt. It says little by itself, and flushes each line. */
public final class TestpmdPrompt implements AutoCloseable {
    private static final Pattern SENT = Pattern.compile("TX-packets:\\s+(\\d+)");

    /** Lines of its output that are shown when it fails. */
    private static final int LAST_LINES = 6;

    private final long startedAt;
    private final Process process;
    private final Writer prompt;
    private final BufferedReader output;
    private final List<String> seen = new ArrayList<>();

    /**
     * Starts one.
     *
     * @param arguments EAL's, {@code --}, and testpmd's own, {@code -i} among them
     * @param limit after which it counts as hung, and is killed
     */
    public TestpmdPrompt(List<String> arguments, Duration limit) {
        // Line by line: a pipe makes it buffer its answers until it ends.
        List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", "dpdk-testpmd"));
        command.addAll(arguments);
        this.startedAt = System.nanoTime();
        try {
            this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UserException("cannot start testpmd: " + e.getMessage() + ". Run: sudo ./twinport setup", e);
        }
        this.prompt = process.outputWriter();
        this.output = process.inputReader();
        // Its output ends with it, which the reader reports.
        var _ = process.onExit()
                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> process.destroyForcibly());
    }

    public long pid() {
        return process.pid();
    }

    /** {@link System#nanoTime} before its process was started. */
    public long startedAt() {
        return startedAt;
    }

    /** Types a line. */
    public void say(String line) {
        try {
            prompt.write(line + "\n");
            prompt.flush();
        } catch (IOException e) {
            throw new UserException(failure(), e);
        }
    }

    /** Frames that the driver of each port has counted as sent, by port. */
    public long[] sent(int ports) {
        say("show port stats all");
        long[] sent = new long[ports];
        for (int port = 0; port < ports; port++) {
            sent[port] = find(SENT);
        }
        return sent;
    }

    private long find(Pattern pattern) {
        try {
            String line;
            while ((line = output.readLine()) != null) {
                seen.add(line);
                Matcher matcher = pattern.matcher(line);
                if (matcher.find()) {
                    return Long.parseLong(matcher.group(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new UserException(failure());
    }

    private String failure() {
        try {
            process.destroy();
            String line;
            while ((line = output.readLine()) != null) {
                seen.add(line);
            }
        } catch (IOException e) {
            seen.add(String.valueOf(e.getMessage()));
        }
        List<String> last = seen.stream().filter(text -> !text.isBlank()).toList();
        return "dpdk-testpmd has ended or hangs (is it missing? Run: sudo ./twinport setup). Its last words:\n  "
                + String.join("\n  ", last.subList(Math.max(0, last.size() - LAST_LINES), last.size()));
    }

    /** Ends it: by its prompt, and by force if it does not go. */
    @Override
    public void close() {
        try (prompt) {
            prompt.write("quit\n");
        } catch (IOException e) {
            // It has ended already: the pipe is closed.
        }
        try {
            while (output.readLine() != null) {
                // Its parting statistics; unread they would block it.
            }
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
