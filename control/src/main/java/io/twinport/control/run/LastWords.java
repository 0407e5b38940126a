package io.twinport.control.run;

import io.twinport.control.Journal;
import io.twinport.posix.ProcessEnd;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/** The end of a process one of whose threads or devices hangs: a line on stderr, and nothing is closed any more. */
public final class LastWords {
    /** Of a process that has ended without closing what hangs. */
    public static final int EXIT_HANGS = 3;

    private static final int MILLIS = 300;

    private LastWords() {}

    /**
     * Ends the process with exit code 3; does not return.
     *
     * @param why in words
     */
    public static void endProcess(String why) {
        say("twinport: " + why + ". Exit code " + EXIT_HANGS);
        ProcessEnd.now(EXIT_HANGS);
    }

    /** Says it, if that is possible soon: what hangs may hold the lock of {@code System.err}, and nobody may read it. */
    private static void say(String line) {
        Thread writer = Thread.ofPlatform().daemon().name("last-words").start(() -> write(line));
        try {
            writer.join(MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("resource") // stderr stays open
    private static void write(String line) {
        try {
            String text = Journal.forStderr(Level.ERROR, line) + "\n";
            new FileOutputStream(FileDescriptor.err).write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // nobody is there to read it
        }
    }
}
