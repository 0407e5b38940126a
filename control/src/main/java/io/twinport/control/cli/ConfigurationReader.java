package io.twinport.control.cli;

import io.twinport.control.UserException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Reads a configuration again and again, each time in bounded time. A read that hangs, because the file's server is gone for
 * instance, cannot be called back: it is left to its thread, of which there is one. Any thread.
 */
public final class ConfigurationReader {
    /** A file of some kilobytes takes milliseconds. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration TURN = Duration.ofSeconds(1);

    private final Supplier<Configuration> file;
    private final Duration patience;

    /** Held while the file is read, by the thread that reads it, if need be for ever. It guards {@code readings}. */
    private final Semaphore turn = new Semaphore(1);

    private long readings;

    /**
     * @param file reads what is wanted now
     * @param patience how long that may take
     */
    public ConfigurationReader(Supplier<Configuration> file, Duration patience) {
        this.file = file;
        this.patience = patience;
    }

    /**
     * What the file said at a time.
     *
     * @param number grows with the time
     */
    public record Reading(long number, Configuration wanted) {}

    /** @throws UserException if it is none, or cannot be read in time */
    public Reading read() {
        try {
            if (!turn.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UserException("the configuration is being read already, and it takes long: does the file's"
                        + " file system hang? Nothing was changed.");
            }
            return begin().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new UserException(
                    "the configuration has not been read within " + patience.toMillis()
                            + " ms: does the file's file system hang? Nothing was changed.",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted while the configuration was read: nothing was changed.", e);
        }
    }

    private CompletableFuture<Reading> begin() {
        CompletableFuture<Reading> read = new CompletableFuture<>();
        try {
            Thread.ofPlatform().daemon().name("configuration").start(() -> readInto(read));
            return read;
        } catch (OutOfMemoryError e) { // this process may have no more threads
            turn.release();
            throw new UserException("there is no thread left to read the configuration: nothing was changed.", e);
        }
    }

    private void readInto(CompletableFuture<Reading> read) {
        try {
            read.complete(new Reading(++readings, file.get()));
        } catch (RuntimeException | Error e) {
            read.completeExceptionally(e);
        } finally {
            turn.release();
        }
    }
}
