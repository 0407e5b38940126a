package io.twinport.dpdk.testing;

import io.twinport.dpdk.EalThread;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Threads that are registered with EAL, as all that allocate mbufs have to be. They are not pinned. */
public final class EalWorker {
    private EalWorker() {}

    /** What a worker does; it may throw anything. */
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    /** Runs a task on a registered thread of its own, and throws here what it throws there. */
    public static void run(Task task) throws Exception {
        join(start(task));
    }

    /** Starts a task on a registered thread of its own; {@link #join} waits for it. */
    public static FutureTask<Boolean> start(Task task) {
        Callable<Boolean> registered = () -> {
            EalThread.register();
            try {
                task.run();
                return true;
            } finally {
                EalThread.unregister();
            }
        };
        FutureTask<Boolean> future = new FutureTask<>(registered);
        Thread.ofPlatform().daemon().name("eal-worker").start(future);
        return future;
    }

    /** Waits for a task, and throws what it has thrown, an assertion's failure above all. */
    public static void join(FutureTask<Boolean> task) throws Exception {
        try {
            task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                case null, default -> throw e;
            }
        }
    }
}
