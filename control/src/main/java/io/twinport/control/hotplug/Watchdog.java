package io.twinport.control.hotplug;

import io.twinport.dataplane.loop.Patience;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process when a device that the kernel wants back is not given back in time, because a poll loop does not let
 * go of it or its driver's close hangs: the kernel then takes the device itself. To close it under a running loop would
 * be a crash at best (U6); to keep it holds up the guest's kernel, and a migration, without limit.
 *
 * <p>A thread of its own, which needs none of the others: it sees the requests itself. Its time only runs while the
 * process does, see {@link Patience}.
 */
public final class Watchdog implements AutoCloseable {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private volatile Duration limit;
    private final Consumer<String> end;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private volatile boolean closing;

    /** @param end told what hangs when the time is over; does not return in production */
    public Watchdog(Duration limit, Consumer<String> end) {
        this.limit = limit;
        this.end = end;
    }

    private static final class Watch {
        private final String what;
        private final BooleanSupplier isPending;
        private @Nullable Patience patience;

        Watch(String what, BooleanSupplier isPending) {
            this.what = what;
            this.isPending = isPending;
        }
    }

    /**
     * From now on {@code isPending} must not be true for longer than the limit.
     *
     * @param what waits, for the message
     */
    public void watch(String what, BooleanSupplier isPending) {
        watches.add(new Watch(what, isPending));
    }

    /** From now on that is the limit, for what begins to wait. */
    public void setLimit(Duration other) {
        limit = other;
    }

    public void start() {
        Thread.ofPlatform().daemon().name("watchdog").start(this::run);
    }

    @Override
    public void close() {
        closing = true;
    }

    private void run() {
        while (!closing) {
            for (Watch watch : watches) {
                look(watch);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void look(Watch watch) {
        if (!watch.isPending.getAsBoolean()) {
            watch.patience = null;
        } else if (watch.patience == null) {
            watch.patience = new Patience(limit);
        } else if (watch.patience.isOver()) {
            watch.patience = null;
            end.accept(watch.what + " has not been given back within " + limit.toMillis() / 1e3 + " s");
        }
    }
}
