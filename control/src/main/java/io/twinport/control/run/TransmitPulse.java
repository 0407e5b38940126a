package io.twinport.control.run;

import java.util.concurrent.TimeUnit;

/**
 * Whether a device sends what its driver takes, by the device's own count. For VFs whose PF resets them without their
 * driver's notice (U12): the driver goes on taking frames and none leaves. It is no judgement of devices in general,
 * where pause frames look the same (U10). A VF that sends and does not receive is not seen here: who is silent
 * rightfully cannot be told from who is deaf.
 */
final class TransmitPulse {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** So long without one frame sent of those taken. */
    private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(2);

    private long lastLook;
    private long lastTaken = -1;
    private long lastSent;
    private long aliveNanos;
    private boolean dead;

    boolean isDue(long nanos) {
        return lastTaken < 0 || nanos - lastLook >= LOOK_NANOS;
    }

    /**
     * @param taken frames that the driver has taken in all
     * @param sent frames that the device has sent in all, as it counts
     */
    void feel(long taken, long sent, long nanos) {
        // A look that comes late tells nothing of the time between: the process was stopped, or had no CPU.
        boolean isLate = nanos - lastLook > 4 * LOOK_NANOS;
        if (lastTaken < 0 || isLate || sent != lastSent || taken == lastTaken) {
            aliveNanos = nanos;
        }
        dead = nanos - aliveNanos >= DEAD_NANOS;
        lastLook = nanos;
        lastTaken = taken;
        lastSent = sent;
    }

    boolean isDead() {
        return dead;
    }
}
