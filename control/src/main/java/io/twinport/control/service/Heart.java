package io.twinport.control.service;

import io.twinport.control.Log;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Beats as long as nothing hangs, on a thread of its own. */
public final class Heart implements AutoCloseable {
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Supplier<List<String>> hanging;
    private final Runnable beat;
    private final Log log;

    /**
     * @param period empty: it never beats
     * @param hanging names what hangs
     */
    Heart(Optional<Duration> period, Supplier<List<String>> hanging, Runnable beat, Log log) {
        this.hanging = hanging;
        this.beat = beat;
        this.log = log;
        period.ifPresent(time -> Thread.ofPlatform().daemon().name("heart").start(() -> run(time)));
    }

    private void run(Duration period) {
        boolean told = false;
        try {
            while (!closing.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
                List<String> hang = List.copyOf(hanging.get());
                if (hang.isEmpty()) {
                    beat.run();
                } else if (!told) {
                    log.warn(
                            "a thread hangs, so twinport does not feed the watchdog, and the service manager will start the service again: "
                                    + String.join("; ", hang));
                }
                told = !hang.isEmpty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No beat begins any more. */
    @Override
    public void close() {
        closing.countDown();
    }
}
