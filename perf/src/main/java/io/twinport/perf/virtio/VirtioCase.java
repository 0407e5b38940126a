package io.twinport.perf.virtio;

import java.util.Locale;

/** A driver for a far end by vhost-user. */
enum VirtioCase {
    /** Twinport's own, as it comes: with a packed ring. */
    TWINPORT(""),

    /** Twinport's own with a split ring. */
    SPLIT(""),

    /** DPDK's as it comes: mergeable buffers, in order. */
    DEFAULT(""),

    /** DPDK's without these. */
    PLAIN(",mrg_rxbuf=0,in_order=0"),

    /** DPDK's with vector instructions. */
    VECTORISED(",mrg_rxbuf=0,vectorized=1"),

    /** DPDK's with a packed ring. */
    PACKED(",packed_vq=1");

    private final String devargs;

    VirtioCase(String devargs) {
        this.devargs = devargs;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isOurs() {
        return this == TWINPORT || this == SPLIT;
    }

    /** What {@code net_virtio_user} is told beside its path, to go on after it. */
    String devargs() {
        return devargs;
    }
}
