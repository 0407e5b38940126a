package io.twinport.control.lab;

import java.util.Locale;

/** Whose driver has the near ends of a port's wires. */
public enum WireDriver {
    /** DPDK's virtio-user. */
    DPDK,

    /** Twinport's own for virtio-net, by vhost-user. */
    TWINPORT;

    /** What a near end is and where its wire leads, in words. */
    public String wire() {
        return switch (this) {
            case DPDK -> "a virtio-user device wired over vhost-user to its far end";
            case TWINPORT -> "a virtio device that twinport drives, wired over vhost-user to its far end";
        };
    }

    /** In words, with the release of DPDK, whose far ends both have. */
    String with(String dpdk) {
        return switch (this) {
            case DPDK -> dpdk;
            case TWINPORT -> "twinport's virtio driver, " + dpdk;
        };
    }

    /** As options and results have it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
