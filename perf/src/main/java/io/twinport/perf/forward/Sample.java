package io.twinport.perf.forward;

import io.twinport.perf.launch.Disturbable;

/**
 * What one launch has measured.
 *
 * @param packets frames that the driver has counted as sent within the time
 * @param waited nanoseconds of the time in which another process had the polling thread's CPU
 * @param firstPacket nanoseconds from the start of the process until its first frame was sent
 * @param dpdk the release that the process ran on, empty where it does not say
 */
record Sample(long packets, long nanos, long waited, long firstPacket, String dpdk) implements Disturbable {
    /** Million packets per second. */
    double mpps() {
        return packets * 1e3 / nanos;
    }

    @Override
    public double waitedShare() {
        return (double) waited / nanos;
    }
}
