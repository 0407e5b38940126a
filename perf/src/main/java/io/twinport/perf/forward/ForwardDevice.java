package io.twinport.perf.forward;

import java.util.Locale;

/** What frames are received from and sent to. */
enum ForwardDevice {
    /** Makes frames out of nothing and frees them: the cost of mbufs and calls alone. */
    NULL(400_000_000),
    /** A ring in memory, in which some frames go round. */
    RING(400_000_000),
    /** virtio-user; its vhost-user far end is a testpmd on the other CPU, which sends back what it gets. */
    VHOST(40_000_000),
    /** A shared-memory interface; its far end is such a testpmd too. */
    MEMIF(80_000_000);

    private final long packets;

    ForwardDevice(long packets) {
        this.packets = packets;
    }

    /** As many packets as take two to four seconds. */
    long packets() {
        return packets;
    }

    static ForwardDevice of(String label) {
        return ForwardPlan.constant("--device", ForwardDevice.class, ForwardDevice::label, label);
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is one end of a wire to another process. */
    boolean hasFarEnd() {
        return this == VHOST || this == MEMIF;
    }

    /** Whether its frames come out of nothing, all of one length. */
    boolean isMaker() {
        return this == NULL;
    }
}
