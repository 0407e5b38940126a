package io.twinport.perf.forward;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code bench forward --json} writes of more than one combination.
 *
 * @param points by device, size, burst and mode: {@code vhost/64/32/io}
 * @param leftOut what could not be had, and why
 */
record ForwardMatrix(
        String command,
        String machine,
        String dpdk,
        String jdk,
        Map<String, ForwardResult> points,
        Map<String, String> leftOut) {

    /** @param results at least one */
    static ForwardMatrix of(String command, List<ForwardResult> results, Map<String, String> leftOut) {
        ForwardResult any = results.getFirst();
        Map<String, ForwardResult> points = new LinkedHashMap<>();
        results.forEach(result -> points.put(result.label(), result));
        return new ForwardMatrix(command, any.machine(), any.dpdk(), any.jdk(), points, leftOut);
    }
}
