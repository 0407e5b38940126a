package io.twinport.perf.virtio;

import io.twinport.perf.report.Conditions;
import io.twinport.perf.statistics.Ratio;
import java.util.Map;

/**
 * What {@code bench virtio --json} writes.
 *
 * @param hugepages whether EAL had them
 * @param launches of each case
 * @param nanos by load, direction and case: nanoseconds for a frame, of each launch
 * @param ratios by figure: ours to DPDK's with the usual load
 */
record VirtioResult(
        String command,
        String machine,
        String dpdk,
        String jdk,
        boolean hugepages,
        int launches,
        Map<String, Map<String, double[]>> nanos,
        Map<String, Ratio> ratios)
        implements Conditions {}
