package io.twinport.dataplane.failover;

import java.time.Duration;

/**
 * What a port takes for a fault beside links that are down.
 *
 * @param rxSilence after how long without a frame by the primary, while the standby receives what should come by it; zero
 *     for never
 * @param txStall after how long without a frame sent of those taken by the primary (U10), at least 100 ms; zero for never
 * @param standbyDownExpected a standby whose link is down, or that is away, is so by design (U9)
 * @param standbyCheck how old the last proof of an idle standby may become before a broadcast is sent by the primary, to be
 *     received by the standby; zero for never
 */
public record DetectionSettings(
        Duration rxSilence, Duration txStall, boolean standbyDownExpected, Duration standbyCheck) {
    /** Links alone, which is what is proven safe (U10). */
    public static final DetectionSettings LINKS =
            new DetectionSettings(Duration.ZERO, Duration.ZERO, false, Duration.ZERO);
}
