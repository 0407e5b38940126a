package io.twinport.dataplane.engine;

import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dpdk.EalThread;
import io.twinport.posix.Affinity;
import java.time.Duration;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;

/** A thread that belongs to one poll loop: pinned to one CPU, known to EAL, never idle. */
public final class Lcore implements AutoCloseable {
    /** A thousand times what a pass takes. */
    private static final int END_MILLIS = 10_000;

    private final AgentRunner runner;
    private final Thread thread;

    private Lcore(AgentRunner runner, Thread thread) {
        this.runner = runner;
        this.thread = thread;
    }

    /**
     * Starts a loop and returns when it runs.
     *
     * @param cpu the CPU, which nothing else should use
     * @param beforeLoop run on the thread first, pinned and registered
     * @param errors told of what should not happen, an exception in the loop
     */
    public static Lcore start(int cpu, PollLoop loop, Runnable beforeLoop, ErrorHandler errors) {
        CompletableFuture<Void> running = new CompletableFuture<>();
        AgentRunner runner = new AgentRunner(new NoOpIdleStrategy(), errors, null, loop);
        Thread thread = AgentRunner.startOnThread(
                runner, task -> new Thread(() -> run(cpu, beforeLoop, running, task), loop.roleName()));
        try {
            running.join();
        } catch (CompletionException e) {
            runner.close();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return new Lcore(runner, thread);
    }

    private static void run(int cpu, Runnable beforeLoop, CompletableFuture<Void> running, Runnable task) {
        try {
            SortedSet<Integer> pinned = new TreeSet<>(Set.of(cpu));
            Affinity.pinThisThread(pinned);
            EalThread.register();
            beforeLoop.run();
        } catch (RuntimeException | Error e) {
            EalThread.unregister();
            running.completeExceptionally(e);
            return;
        }
        running.complete(null);
        try {
            task.run();
        } finally {
            EalThread.unregister();
        }
    }

    /** The loop's thread, for measuring what it allocates. */
    public Thread thread() {
        return thread;
    }

    /**
     * Ends the loop after its present pass and waits for the thread.
     *
     * @throws StuckLoopException if it does not end, at each call until it has ended: nobody may touch what the loop uses
     */
    @Override
    public void close() {
        close(END_MILLIS);
    }

    void close(int millis) {
        runner.close(millis, hanging -> {
            throw stuck(millis);
        });
        // The runner waits only the first time, and not at all for a thread that has not come to it yet.
        if (!hasEnded(millis)) {
            throw stuck(millis);
        }
    }

    private boolean hasEnded(int millis) {
        try {
            return thread.join(Duration.ofMillis(millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !thread.isAlive();
        }
    }

    private StuckLoopException stuck(int millis) {
        return new StuckLoopException("the poll loop " + thread.getName() + " does not end within " + millis / 1000.0
                + " s: it is stuck in its handler or in a driver");
    }
}
