package io.twinport.perf.forward;

/**
 * What one launch has measured.
 *
 * @param packets frames that the driver has counted as sent within the time
 * @param waited nanoseconds of the time in which another process had the polling thread's CPU
 * @param dpdk the release that the process ran on, empty where it does not say
 */
record Sample(long packets, long nanos, long waited, String dpdk) {
    /** Million packets per second. */
    double mpps() {
        return packets * 1e3 / nanos;
    }

    /** Share of the time in which the loop could not run. */
    double waitedShare() {
        return (double) waited / nanos;
    }
}
