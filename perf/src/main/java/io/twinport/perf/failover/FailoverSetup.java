package io.twinport.perf.failover;

import io.twinport.perf.launch.Rig;
import java.time.Duration;

/**
 * What all launches of a run have in common.
 *
 * @param cuts of each launch
 * @param cutsOnce launches that a case makes in place of one, if each can be cut only once
 * @param packetsPerSecond 0 for as fast as possible
 */
record FailoverSetup(Rig rig, int cuts, int cutsOnce, long packetsPerSecond) {
    private static final Duration CUT = Duration.ofSeconds(2);

    /** How long a launch may take before it counts as hung. */
    Duration limit() {
        return CUT.multipliedBy(cuts).plusSeconds(30);
    }
}
