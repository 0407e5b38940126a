package io.twinport.hw;

import io.twinport.control.Pause;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A root shell in a guest, on a serial line of its own: one command at a time, each in a process of its own. */
public final class GuestShell implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** How much longer than a command's own limit the guest may take to say that it was exceeded. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** What the guest's {@code timeout -s KILL} makes of a command that takes too long. */
    private static final int KILLED = 137;

    private static final Pattern END = Pattern.compile("\u0001(\\d+) (\\d+)\u0001\n");

    private final String guest;
    private final SocketChannel channel;
    private final Selector selector;
    private final StringBuilder unread = new StringBuilder();
    private final ByteBuffer bytes = ByteBuffer.allocate(16 << 10);
    private int commands;

    /** @param output standard output and error, without the last line's end */
    public record Result(int exitCode, String output) {}

    private GuestShell(String guest, SocketChannel channel, Selector selector) {
        this.guest = guest;
        this.channel = channel;
        this.selector = selector;
    }

    /**
     * Connects.
     *
     * @param boot what the guest may take to boot as far as its shell; zero if its shell runs already
     */
    static GuestShell connect(String guest, Path socket, Duration boot) {
        try {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            GuestShell shell = new GuestShell(guest, channel, selector);
            if (!boot.isZero()) {
                shell.readUntil(Pattern.compile("READY\n"), boot, "its boot");
            }
            return shell;
        } catch (IOException e) {
            throw new LabException("guest " + guest + ": no shell at " + socket + ": " + e.getMessage(), e);
        }
    }

    /** Runs a command that has to succeed, within 30 s, and returns its output. */
    public String run(String command) {
        return run(command, LIMIT);
    }

    /**
     * Runs a command that has to succeed and returns its output.
     *
     * @throws LabException if its exit code is not 0 or it takes longer
     */
    public String run(String command, Duration limit) {
        Result result = attempt(command, limit);
        if (result.exitCode() != 0) {
            throw new LabException(
                    "guest " + guest + ": exit code " + result.exitCode() + " of: " + command + "\n" + result.output());
        }
        return result.output();
    }

    /** Runs a command whose exit code the caller looks at. */
    public synchronized Result attempt(String command, Duration limit) {
        int number = ++commands;
        long seconds = Math.max(1, limit.toSeconds());
        write("timeout -s KILL " + seconds + " sh -c " + quote(command) + " </dev/null 2>&1; printf '\\001" + number
                + " %d\\001\\n' $?\n");
        MatchResult end = readUntil(END, limit.plus(GRACE), command);
        String output = unread.substring(0, end.start());
        unread.delete(0, end.end());
        int exitCode = Integer.parseInt(end.group(2));
        if (Integer.parseInt(end.group(1)) != number) {
            throw new LabException("guest " + guest + ": the shell answers another command than: " + command);
        }
        if (exitCode == KILLED) {
            throw new LabException(
                    "guest " + guest + ": not done within " + limit.toMillis() + " ms: " + command + "\n" + output);
        }
        return new Result(exitCode, output.endsWith("\n") ? output.substring(0, output.length() - 1) : output);
    }

    /** Repeats a command until it succeeds. */
    public void await(String command, Duration limit) {
        if (!Pause.until(() -> attempt(command, LIMIT).exitCode() == 0, limit.toMillis())) {
            throw new LabException("guest " + guest + ": not so within " + limit.toMillis() + " ms: " + command);
        }
    }

    /**
     * Starts a program in the background.
     *
     * @param name of its files in the guest, and in messages
     */
    public GuestProgram start(String name, String command) {
        return GuestProgram.start(this, name, command);
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            // the guest goes on or is gone, and either is none of the shell's business
        }
    }

    /** A word that the shell takes as it is. */
    static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private void write(String text) {
        ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try {
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    Pause.millis(1);
                }
            }
        } catch (IOException e) {
            throw new LabException("guest " + guest + " is gone: " + e.getMessage(), e);
        }
    }

    /** Leaves the text and the match at the start of {@code unread}. */
    private MatchResult readUntil(Pattern pattern, Duration limit, String what) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                Matcher matcher = pattern.matcher(unread);
                if (matcher.find()) {
                    MatchResult found = matcher.toMatchResult();
                    if (pattern != END) {
                        unread.delete(0, matcher.end());
                    }
                    return found;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new LabException("guest " + guest + ": no end of " + what + " within " + limit.toMillis()
                            + " ms; so far: " + unread);
                }
                selector.select(Math.max(1, left / 1_000_000));
                selector.selectedKeys().clear();
                read();
            }
        } catch (IOException e) {
            throw new LabException("guest " + guest + " is gone: " + e.getMessage(), e);
        }
    }

    private void read() throws IOException {
        int count = channel.read(bytes.clear());
        if (count < 0) {
            throw new IOException("its serial line is closed");
        }
        unread.append(StandardCharsets.UTF_8.decode(bytes.flip()));
    }
}
