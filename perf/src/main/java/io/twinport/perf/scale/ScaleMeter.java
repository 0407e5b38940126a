package io.twinport.perf.scale;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.ResidentMemory;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Measures a process that forwards, ours and testpmd's alike: by the drivers' counters, read twice, from another thread than
 * those that forward.
 *
 * @param startedAt {@link System#nanoTime} before it was started
 * @param haveSent whether each of its busy ports has sent a frame
 * @param sent frames that its drivers have counted as sent
 */
record ScaleMeter(long pid, long startedAt, BooleanSupplier haveSent, LongSupplier sent) {
    /** Waits for the first frames. */
    long firstPacket(ScaleSetup setup) {
        if (!Pause.until(haveSent, setup.limit().toMillis())) {
            throw new UserException("not each busy port of process " + pid + " has sent a frame");
        }
        return System.nanoTime() - startedAt;
    }

    /** @param dpdk the release, empty where the process does not say it */
    ScaleSample measure(ScaleSetup setup, String dpdk) {
        long firstPacket = firstPacket(setup);
        Pause.millis(setup.warmUp().toMillis());
        long unused = sent.getAsLong(); // the first call loads classes
        int cpu = setup.rig().pollCpu();
        long waited = CpuWait.nanos(pid, cpu);
        long begin = System.nanoTime();
        long before = sent.getAsLong();
        Pause.millis(setup.measured().toMillis());
        long end = System.nanoTime();
        long after = sent.getAsLong();
        // Only where others have had its CPU all the time; the launch is a disturbed one then.
        while (after == before && end - begin < setup.limit().toNanos()) {
            Pause.millis(1);
            end = System.nanoTime();
            after = sent.getAsLong();
        }
        if (after == before) {
            throw new UserException("process " + pid + " no longer forwards");
        }
        waited = CpuWait.nanos(pid, cpu) - waited;
        return new ScaleSample(after - before, end - begin, waited, firstPacket, ResidentMemory.kilobytes(pid), dpdk);
    }
}
