package io.twinport.perf.virtio;

import java.util.List;

/**
 * What a process has measured with one load: nanoseconds for each frame, from its allocation by one end to its end at the other.
 *
 * @param out sent by the driver, received by DPDK's vhost
 * @param in sent by DPDK's vhost, received by the driver
 */
record Times(double out, double in) {
    private static final String PREFIX = "times ";

    /** As a process tells it; {@link #find} reads it. */
    String toText() {
        return PREFIX + out + " " + in;
    }

    /** Those of all loads, in their order. */
    static List<Times> find(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(PREFIX))
                .map(line -> line.substring(PREFIX.length()).split(" ", 2))
                .map(numbers -> new Times(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1])))
                .toList();
    }
}
