package io.twinport.dpdk.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what another thread brings about. */
public final class Await {
    /**
     * Far more than anything here takes, so that only what never happens fails: where there is more to do than the CPUs can, a
     * thread that is pinned to one may wait for it for half a minute.
     */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long STEP_NANOS = 100_000;

    private Await() {}

    /**
     * Waits for a condition.
     *
     * @param what it stands for, in the failure's message: {@code the link is down}
     */
    public static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT_NANOS) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
