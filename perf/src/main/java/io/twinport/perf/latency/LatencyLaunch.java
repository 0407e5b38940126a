package io.twinport.perf.latency;

import io.twinport.perf.load.Counts;
import io.twinport.perf.load.ForwarderCase;
import io.twinport.perf.load.Latencies;
import io.twinport.perf.load.LoadSetup;
import io.twinport.perf.load.LoadedForwarder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one forwarder has done under each load.
 *
 * @param dpdk the release that it ran on, empty where it does not say
 */
record LatencyLaunch(String dpdk, Map<Load, Sample> samples) {
    private static final double DISTURBED = 0.01;

    /** How often a load is sent at most, while others disturb it. */
    private static final int ATTEMPTS = 4;

    /**
     * Under one load.
     *
     * @param passes of its loop, of ours
     * @param waited nanoseconds in which another process had the loop's CPU
     */
    record Sample(
            Counts counts, Latencies latencies, @Nullable Histogram passes, long waited) {
        double waitedShare() {
            return (double) waited / counts.nanos();
        }
    }

    /** @param program the compiled {@code load.c} */
    static LatencyLaunch run(ForwarderCase what, LoadSetup setup, List<Load> loads, Duration measured, Path program) {
        try (LoadedForwarder loaded = LoadedForwarder.start(what, setup, program)) {
            Map<Load, Sample> samples = new LinkedHashMap<>();
            for (Load load : loads) {
                samples.put(load, measure(what, loaded, load, measured));
            }
            return new LatencyLaunch(loaded.forwarder().dpdk(), samples);
        }
    }

    /** Sends a load again while others have taken more than a little of the loop's CPU; the last attempt counts as it is. */
    private static Sample measure(ForwarderCase what, LoadedForwarder loaded, Load load, Duration measured) {
        Sample sample = measureOnce(what, loaded, load, measured);
        for (int attempt = 1; attempt < ATTEMPTS && sample.waitedShare() > DISTURBED; attempt++) {
            sample = measureOnce(what, loaded, load, measured);
        }
        return sample;
    }

    private static Sample measureOnce(ForwarderCase what, LoadedForwarder loaded, Load load, Duration measured) {
        if (what.isOurs()) {
            loaded.forwarder().record();
        }
        long waited = loaded.forwarder().waited();
        Counts counts = loaded.send(load.rate(), measured);
        waited = loaded.forwarder().waited() - waited;
        Histogram passes = what.isOurs() ? loaded.forwarder().passes() : null;
        return new Sample(counts, loaded.latencies(), passes, waited);
    }

    /** Of the worst of the loads: the share of the time in which the loop could not run. */
    double waitedShare() {
        return samples.values().stream().mapToDouble(Sample::waitedShare).max().orElse(0);
    }

    /** Whether others have taken more than a little of its CPU. */
    boolean isDisturbed() {
        return waitedShare() > DISTURBED;
    }
}
