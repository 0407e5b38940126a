package io.twinport.perf.scale;

import io.twinport.perf.launch.Disturbable;

/**
 * What one launch has measured.
 *
 * @param frames that the drivers of all busy ports have counted as sent within the time; 0 where only the start is measured
 * @param nanos the time
 * @param waited nanoseconds of it in which another process had the first polling thread's CPU
 * @param firstPacket nanoseconds from the start of the process until each busy port had sent a frame
 * @param residentKilobytes beside DPDK's packet memory, at the end of the time
 * @param dpdk the release that the process ran on, empty where it does not say
 */
record ScaleSample(long frames, long nanos, long waited, long firstPacket, long residentKilobytes, String dpdk)
        implements Disturbable {
    /** Where no rate is measured. */
    static ScaleSample ofStart(long firstPacket, long residentKilobytes) {
        return new ScaleSample(0, 0, 0, firstPacket, residentKilobytes, "");
    }

    /** Million packets per second, of all ports. */
    double mpps() {
        return nanos == 0 ? 0 : frames * 1e3 / nanos;
    }

    double firstPacketSeconds() {
        return firstPacket / 1e9;
    }

    double residentMegabytes() {
        return residentKilobytes * 1024 / 1e6; // the kernel's kB has 1024 bytes
    }

    @Override
    public double waitedShare() {
        return nanos == 0 ? 0 : (double) waited / nanos;
    }

    /** As a process of ours says it; {@link #parse} reads it. */
    String toText() {
        return String.join(" ", "" + frames, "" + nanos, "" + waited, "" + firstPacket, "" + residentKilobytes, dpdk);
    }

    /** Reads {@link #toText}. */
    static ScaleSample parse(String text) {
        String[] fields = text.split(" ", 6);
        return new ScaleSample(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[4]),
                fields[5]);
    }
}
