package io.twinport.perf.latency;

import java.util.Locale;

/** A loop that forwards. */
enum LoopCase {
    /** {@code baseline/stall.c}. */
    C(""),

    /** Ours with the launcher's flags, and a control plane that has nothing to do. */
    TWINPORT(""),

    // Ours with a control plane that allocates, by collector.
    SERIAL("-XX:+UseSerialGC"),
    Z("-XX:+UseZGC"),
    SHENANDOAH("-XX:+UseShenandoahGC");

    private final String collector;

    LoopCase(String collector) {
        this.collector = collector;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean allocates() {
        return !collector.isEmpty();
    }

    /** The JVM's flag; empty for the launcher's own. */
    String collector() {
        return collector;
    }
}
