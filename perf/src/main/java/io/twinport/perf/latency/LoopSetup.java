package io.twinport.perf.latency;

import io.twinport.perf.launch.Rig;
import java.time.Duration;
import java.util.List;

/**
 * What all launches of a run have in common.
 *
 * @param measured how long each loop is measured
 * @param warmUp how long it runs before that
 * @param allocated megabytes per second, in the cases whose control plane allocates
 */
record LoopSetup(Rig rig, Duration measured, Duration warmUp, int allocated) {
    private static final Duration START = Duration.ofSeconds(30);

    /** How long a launch may take before it counts as hung. */
    Duration limit() {
        return measured.plus(warmUp).plus(START);
    }

    /** As a process of ours takes it among its arguments; {@link #parse} reads it. */
    List<String> toArguments() {
        return List.of(rig.toText(), "" + measured.toMillis(), "" + warmUp.toMillis(), "" + allocated);
    }

    /** Reads {@link #toArguments}. */
    static LoopSetup parse(List<String> arguments) {
        return new LoopSetup(
                Rig.parse(arguments.get(0)),
                Duration.ofMillis(Long.parseLong(arguments.get(1))),
                Duration.ofMillis(Long.parseLong(arguments.get(2))),
                Integer.parseInt(arguments.get(3)));
    }
}
