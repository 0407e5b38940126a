package io.twinport.control.cli;

import io.twinport.control.run.LastWords;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGINT and SIGTERM as a request: the command that holds devices ends in its own order, and only then the process. Closed
 * when the command holds nothing any more, however it ends: until then the process waits for it.
 */
final class Interrupt implements AutoCloseable {
    /** A driver that hangs in its close must not keep the process: the rest is left cleanly by then. */
    private static final int END_SECONDS = 8;

    /** What shells report of a program that SIGINT has ended. */
    static final int INTERRUPTED = 130;

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final int endSeconds;
    private volatile int exitCode;

    private Interrupt(int exitCode, int endSeconds) {
        this.exitCode = exitCode;
        this.endSeconds = endSeconds;
    }

    /** For a command that has not finished its work then. */
    static Interrupt install() {
        return install(INTERRUPTED);
    }

    /** @param exitCode of a process that was interrupted and has ended cleanly */
    static Interrupt install(int exitCode) {
        return install(exitCode, END_SECONDS);
    }

    /** @param endSeconds how long a clean end may take */
    static Interrupt install(int exitCode, int endSeconds) {
        Interrupt interrupt = new Interrupt(exitCode, endSeconds);
        Runtime.getRuntime().addShutdownHook(new Thread(interrupt::onShutdown, "interrupt"));
        return interrupt;
    }

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** As a signal does, but the command ends the process by itself. */
    void request() {
        requested.countDown();
    }

    /** What the command has come to after it was interrupted. */
    void end(int code) {
        exitCode = code;
    }

    void await() throws InterruptedException {
        requested.await();
    }

    @Override
    public void close() {
        done.countDown();
    }

    private void onShutdown() {
        if (done.getCount() == 0) {
            return; // the command has ended by itself, with an exit code of its own
        }
        requested.countDown();
        try {
            if (!done.await(endSeconds, TimeUnit.SECONDS)) {
                LastWords.endProcess("a device or a thread hangs: it has not ended within " + endSeconds
                        + " s, and is left as it is");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(Commands.withStdout(exitCode));
    }
}
