package io.twinport.control.hotplug;

import io.twinport.dpdk.InterruptThread;
import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Who holds it may touch DPDK's devices: EAL's lists of them have no lock. It is not to be had while DPDK's interrupt thread
 * hangs in a driver: that ends the whole process (rte_panic) when a device is closed under it.
 */
public final class DeviceLock {
    private static final Duration BEAT_TIME = Duration.ofMillis(100);

    private final Lock lock = new ReentrantLock();
    private final BooleanSupplier isInterruptThreadAlive;

    public DeviceLock() {
        this(() -> InterruptThread.isAlive(BEAT_TIME));
    }

    /** For tests, which have no DPDK. */
    DeviceLock(BooleanSupplier isInterruptThreadAlive) {
        this.isInterruptThreadAlive = isInterruptThreadAlive;
    }

    /** Waits, without end while something hangs: see {@code Heartbeats} for who says that. */
    void lock() {
        lock.lock();
        while (!isInterruptThreadAlive.getAsBoolean()) {
            // Asking has taken its time.
        }
    }

    void unlock() {
        lock.unlock();
    }
}
