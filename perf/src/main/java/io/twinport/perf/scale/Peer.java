package io.twinport.perf.scale;

/** Whose process it is, and what is measured of it. */
enum Peer {
    /** The product's loop and failover ports: rate, memory, start. */
    TWINPORT("twinport"),

    /** {@code dpdk-testpmd --forward-mode=io}: the same. */
    TESTPMD("testpmd"),

    /** Ours without the AOT cache that this JVM has: its start. */
    WITHOUT_CACHE("without AOT cache"),

    /** The command {@code twinport run}: its start and its memory. */
    RUN("run"),

    /** The same without the AOT cache: its start. */
    RUN_WITHOUT_CACHE("run without AOT cache");

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Whether it is measured how much it forwards. */
    boolean hasRate() {
        return this == TWINPORT || this == TESTPMD;
    }

    boolean hasCache() {
        return this != WITHOUT_CACHE && this != RUN_WITHOUT_CACHE;
    }
}
