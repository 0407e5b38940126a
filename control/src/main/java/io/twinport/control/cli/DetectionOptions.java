package io.twinport.control.cli;

import io.twinport.dataplane.policy.DetectionSettings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a failover port takes for a fault beside links that are down, and how it proves its standby. */
final class DetectionOptions {
    @Bounds(
            least = DetectionSettings.LEAST_MILLIS,
            most = DetectionSettings.MOST_MILLIS,
            unit = "milliseconds",
            zero = "for never")
    @Option(
            names = "--rx-silence-ms",
            defaultValue = "0",
            paramLabel = "MS",
            description = "Leave a primary whose link is up when it has received nothing for so long, while the standby"
                    + " receives frames that should come by the primary: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int rxSilenceMillis;

    @Bounds(
            least = DetectionSettings.LEAST_MILLIS,
            most = DetectionSettings.MOST_MILLIS,
            unit = "milliseconds",
            zero = "for never")
    @Option(
            names = "--tx-stall-ms",
            defaultValue = "0",
            paramLabel = "MS",
            description = "Leave a primary whose link is up when it has sent none of the frames it took for so long,"
                    + " and the standby is healthy: ${BOUNDS}. Pause frames and rate limits look the"
                    + " same. Default: ${DEFAULT-VALUE}")
    int txStallMillis;

    @Option(
            names = "--standby-down-expected",
            description = "The standby is away, or its link is down, by design until it is needed: this is no fault.")
    boolean standbyDownExpected;

    @Bounds(least = 0, most = DetectionSettings.MOST_CHECK_SECONDS, unit = "seconds")
    @Option(
            names = "--standby-check-seconds",
            defaultValue = "0",
            paramLabel = "S",
            description =
                    "When the idle standby has received nothing for so long, announce the port once by the primary:"
                            + " the network brings the announcement to the standby. ${BOUNDS}; 0 for never. Default:"
                            + " ${DEFAULT-VALUE}")
    int standbyCheckSeconds;

    DetectionSettings settings() {
        return new DetectionSettings(
                Duration.ofMillis(rxSilenceMillis),
                Duration.ofMillis(txStallMillis),
                standbyDownExpected,
                Duration.ofSeconds(standbyCheckSeconds));
    }
}
