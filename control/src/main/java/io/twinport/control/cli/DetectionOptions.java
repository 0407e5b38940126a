package io.twinport.control.cli;

import io.twinport.dataplane.failover.DetectionSettings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a failover port takes for a fault beside links that are down, and how it proves its standby. */
final class DetectionOptions {
    private static final int LEAST_MILLIS = 100;
    private static final int MOST_MILLIS = 600_000;

    @Option(
            names = "--rx-silence-ms",
            defaultValue = "0",
            paramLabel = "MS",
            description = "Leave a primary whose link is up when it has received nothing for so long, while the standby"
                    + " receives what should come by the primary: 100 or more, 0 for never. Default: ${DEFAULT-VALUE}")
    int rxSilenceMillis;

    @Option(
            names = "--tx-stall-ms",
            defaultValue = "0",
            paramLabel = "MS",
            description = "Leave a primary whose link is up when it has sent none of the frames it took for so long,"
                    + " and the standby is healthy: 100 or more, 0 for never. Pause frames and rate limits look the"
                    + " same. Default: ${DEFAULT-VALUE}")
    int txStallMillis;

    @Option(
            names = "--standby-down-expected",
            description = "The standby's link is down, or it is away, by design until it is needed: no fault.")
    boolean standbyDownExpected;

    @Option(
            names = "--standby-check-seconds",
            defaultValue = "0",
            paramLabel = "S",
            description =
                    "When nothing has come by the idle standby for so long, announce the port once by the primary:"
                            + " the network brings that to the standby. 0 for never. Default: ${DEFAULT-VALUE}")
    int standbyCheckSeconds;

    DetectionSettings settings() {
        return new DetectionSettings(
                millis("--rx-silence-ms", rxSilenceMillis),
                millis("--tx-stall-ms", txStallMillis),
                standbyDownExpected,
                seconds());
    }

    private Duration seconds() {
        Commands.check(
                standbyCheckSeconds >= 0 && standbyCheckSeconds <= 3600,
                "--standby-check-seconds " + standbyCheckSeconds,
                "0 to 3600 seconds");
        return Duration.ofSeconds(standbyCheckSeconds);
    }

    private static Duration millis(String option, int value) {
        Commands.check(
                value == 0 || value >= LEAST_MILLIS && value <= MOST_MILLIS,
                option + " " + value,
                "0 for never, or 100 to 600000 milliseconds");
        return Duration.ofMillis(value);
    }
}
