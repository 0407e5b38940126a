package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.twinport.dpdk.v22_11.Dpdk;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * DPDK's interrupt thread ({@code eal-intr-thread}), on which link events come and drivers do what they put off: whether it
 * turns. It is asked for a beat by an alarm, which runs on it. No alarm is ever cancelled: whoever does that while one runs
 * spins until it has ended, without end where it hangs.
 */
public final class InterruptThread {
    private static final long WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final AtomicLong BEATS = new AtomicLong();
    private static final MemorySegment ON_ALARM = upcall();
    private static long asked;

    private InterruptThread() {}

    /** Asks for a beat; once only as long as none has come. EAL must run. */
    public static synchronized void ask() {
        if (asked == BEATS.get()) {
            DpdkException.check(Dpdk.rte_eal_alarm_set(1, ON_ALARM, MemorySegment.NULL), "rte_eal_alarm_set(1 us)", "");
            asked++;
        }
    }

    /** Has it sleep, as in a driver that waits for something: to see what comes of that. EAL must run. */
    public static void occupy(Duration time) {
        MemorySegment sleep = Linker.nativeLinker().defaultLookup().findOrThrow("usleep");
        MemorySegment micros = MemorySegment.ofAddress(time.toNanos() / 1000);
        DpdkException.check(Dpdk.rte_eal_alarm_set(1, sleep, micros), "rte_eal_alarm_set(1 us)", "");
    }

    /** Beats so far. */
    public static long beats() {
        return BEATS.get();
    }

    /** Whether it gives a beat within a time. */
    public static boolean isAlive(Duration time) {
        ask();
        long before = BEATS.get();
        long deadline = System.nanoTime() + time.toNanos();
        // The beat that was asked for last may have come already; then it is alive as well.
        while (BEATS.get() == before && isAwaited()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(WAIT_NANOS);
        }
        return true;
    }

    private static synchronized boolean isAwaited() {
        return asked != BEATS.get();
    }

    @SuppressWarnings("unused") // called by DPDK
    private static void onAlarm(long unused) {
        BEATS.incrementAndGet();
    }

    private static MemorySegment upcall() {
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .findStatic(
                                            InterruptThread.class,
                                            "onAlarm",
                                            MethodType.methodType(void.class, long.class)),
                            FunctionDescriptor.ofVoid(JAVA_LONG),
                            Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
