package io.twinport.perf.latency;

import io.twinport.perf.load.LoadSetup;
import java.time.Duration;
import java.util.List;

/**
 * What all launches of a run have in common.
 *
 * @param percents of testpmd's no-drop rate, which is looked for first; unless there are rates
 * @param rates frames per second
 * @param measured how long each load lasts
 */
record LatencySetup(LoadSetup load, List<Integer> percents, List<Long> rates, Duration measured) {}
