package io.twinport.perf.latency;

import io.twinport.perf.launch.Attempts;
import io.twinport.perf.launch.Disturbable;
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
record LatencyLaunch(String dpdk, Map<Load, Sample> samples) implements Disturbable {
    /**
     * Under one load.
     *
     * @param passes of its loop, of ours
     * @param waited nanoseconds in which another process had the loop's CPU
     */
    record Sample(
            Counts counts, Latencies latencies, @Nullable Histogram passes, long waited) implements Disturbable {
        @Override
        public double waitedShare() {
            return (double) waited / counts.nanos();
        }
    }

    /** @param program the compiled {@code load.c} */
    static LatencyLaunch run(ForwarderCase what, LoadSetup setup, List<Load> loads, Duration measured, Path program) {
        try (LoadedForwarder loaded = LoadedForwarder.start(what, setup, program)) {
            Map<Load, Sample> samples = new LinkedHashMap<>();
            for (Load load : loads) {
                samples.put(
                        load,
                        Disturbable.undisturbed(
                                Attempts.USUAL, () -> measure(what, loaded, load, measured), (sample, note) -> {}));
            }
            return new LatencyLaunch(loaded.forwarder().dpdk(), samples);
        }
    }

    private static Sample measure(ForwarderCase what, LoadedForwarder loaded, Load load, Duration measured) {
        if (what.isOurs()) {
            loaded.forwarder().record();
        }
        long waited = loaded.forwarder().waited();
        Counts counts = loaded.send(load.rate(), measured);
        waited = loaded.forwarder().waited() - waited;
        Histogram passes = what.isOurs() ? loaded.forwarder().passes() : null;
        return new Sample(counts, loaded.latencies(), passes, waited);
    }

    /** Of the worst of the loads. */
    @Override
    public double waitedShare() {
        return samples.values().stream().mapToDouble(Sample::waitedShare).max().orElse(0);
    }
}
