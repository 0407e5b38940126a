package io.twinport.dataplane.device;

import java.util.concurrent.TimeUnit;

/**
 * Whether a polled link that reads "up" may be believed, for devices that are deaf after their link was away: a VF whose
 * PF was reset (U12). Such a link is not reported up again until the device was restarted. One of these for each start
 * of the device.
 *
 * <p>What is polled can miss an absence that is shorter than the poll: a PF needs longer to come up than that.
 */
final class LinkTrust {
    /** A link that wavers so soon after the start does it because of the start. */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * A link has to be up for so long before the restart: a PF resets its VFs once more while it comes up, and a VF that
     * was started before is deaf and dumb again, without a sign (seen with QEMU's igb).
     */
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long startNanos;
    private boolean wasAway;
    private long upSince;
    private volatile boolean needsRestart;

    /** @param startNanos when the device was started */
    LinkTrust(long startNanos) {
        this.startNanos = startNanos;
    }

    /** Whether the link is to be taken as up; {@code up} is what the device says. */
    boolean trusts(boolean up, long nanos) {
        if (!up) {
            wasAway |= nanos - startNanos > SETTLE_NANOS;
            upSince = nanos;
        }
        needsRestart = wasAway && nanos - upSince >= STEADY_NANOS;
        return up && !wasAway;
    }

    /** The link is back. Any thread. */
    boolean needsRestart() {
        return needsRestart;
    }
}
