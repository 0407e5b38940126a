package io.twinport.perf.forward;

import io.twinport.perf.launch.Rig;
import java.time.Duration;

/**
 * What all launches of a run have in common.
 *
 * @param packets how many are forwarded in the measured time, at least
 * @param warmUp how long each process forwards before that
 */
record ForwardSetup(Rig rig, long packets, Duration warmUp) {
    /** Frames in a burst. */
    static final int BURST = 32;

    /** A machine that forwards less than that is no machine for this benchmark. */
    private static final long LEAST_PACKETS_PER_SECOND = 5_000_000;

    /** How long a launch may take before it counts as hung. */
    Duration limit() {
        return warmUp.plusSeconds(30 + packets / LEAST_PACKETS_PER_SECOND);
    }
}
