package io.twinport.dataplane.engine;

import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.warmup.WarmUp;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EalThread;
import io.twinport.posix.Affinity;
import java.util.SortedSet;
import org.agrona.ErrorHandler;

/** The {@link WarmUp} on a thread of its own. */
final class WarmUpThread implements AutoCloseable {
    private final Thread thread;
    private volatile boolean stopped;

    /**
     * Starts it.
     *
     * @param cpus that it may use
     * @param errors told of what should not happen: a port works without having been warmed up
     */
    WarmUpThread(SortedSet<Integer> cpus, PortSettings settings, int queues, ErrorHandler errors) {
        thread = Thread.ofPlatform().daemon().name("warm-up").start(() -> {
            try {
                Affinity.pinThisThread(cpus);
                EalThread.register();
                WarmUp.run(settings, queues, () -> stopped);
            } catch (DpdkException e) {
                if (!e.isOutOfMemory()) { // which is better kept for devices
                    errors.onError(e);
                }
            } catch (RuntimeException e) {
                errors.onError(e);
            } finally {
                EalThread.unregister();
            }
        });
    }

    /** Waits for its end. */
    void join() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it. */
    @Override
    public void close() {
        stopped = true;
        join();
    }
}
