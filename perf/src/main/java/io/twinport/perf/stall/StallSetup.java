package io.twinport.perf.stall;

import io.twinport.perf.launch.Rig;
import java.time.Duration;

/**
 * What all launches of a run have in common.
 *
 * @param measured how long each loop is measured
 * @param warmUp how long it runs before that
 * @param allocated megabytes per second, in the cases whose control plane allocates
 */
record StallSetup(Rig rig, Duration measured, Duration warmUp, int allocated) {}
