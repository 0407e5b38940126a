package io.twinport.perf.load;

import java.util.concurrent.locks.LockSupport;

/** A control plane that is busy: allocates so many megabytes per second, of which a few live for a while. */
final class Garbage implements AutoCloseable {
    private static final int OBJECT_BYTES = 1024;
    private static final int LIVING = 8192;
    private static final long TICK_NANOS = 1_000_000;
    private static final int TICKS_PER_SECOND = 1000;

    private final byte[][] living = new byte[LIVING][];
    private volatile boolean stopped;

    /** @param megabytes per second; 0: none */
    Garbage(int megabytes) {
        int objects = megabytes * (1_000_000 / OBJECT_BYTES) / TICKS_PER_SECOND;
        Thread.ofPlatform().daemon().name("garbage").start(() -> run(objects));
    }

    private void run(int objects) {
        int next = 0;
        long due = System.nanoTime();
        while (!stopped && objects > 0) {
            for (int i = 0; i < objects; i++) {
                living[next++ % LIVING] = new byte[OBJECT_BYTES];
            }
            // What is late is made up for: it is a rate.
            due += TICK_NANOS;
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
