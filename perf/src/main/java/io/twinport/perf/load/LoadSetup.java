package io.twinport.perf.load;

import io.twinport.perf.launch.Rig;
import java.time.Duration;

/**
 * What all launches under load have in common.
 *
 * @param length of the frames, bytes without checksum
 * @param burst frames received and sent at once by the forwarder, at most
 * @param warmUp how long each forwarder has frames before it is measured
 * @param timed whether ours record their passes
 * @param allocated megabytes per second, in the cases whose control plane allocates
 */
public record LoadSetup(Rig rig, int length, int burst, Duration warmUp, boolean timed, int allocated) {}
