package io.twinport.control.run;

import io.twinport.control.service.Journal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/** A line on stderr of a process that is about to end because one of its threads hangs. */
final class LastWords {
    private static final int MILLIS = 300;

    private LastWords() {}

    /** Says it, if that is possible soon: what hangs may hold the lock of {@code System.err}, and nobody may read it. */
    static void say(String line) {
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
