package io.twinport.control.cli;

import io.twinport.dataplane.failover.ReceiveSettings;
import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a failover port receives. */
final class ReceiveOptions {
    @Option(
            names = "--rx-mode",
            defaultValue = "active",
            paramLabel = "MODE",
            description =
                    "From which side frames are received. active: from the one that transmits; after a switch for a"
                            + " while also what the other one gets for one receiver. presence: as the kernel does, from the"
                            + " primary as long as there is one, whatever its link, else from the standby. both: as active, but"
                            + " after a switch everything of both sides, without duplicates. Default: ${DEFAULT-VALUE}")
    String mode = "active";

    @Bounds(least = 0, most = ReceiveSettings.MOST_LOOKBACK_MICROS, unit = "microseconds")
    @Option(
            names = "--rx-lookback-us",
            defaultValue = "1000",
            paramLabel = "US",
            description = "At a switch deliver what the side that takes over has received in so much time before, and"
                    + " nothing older: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int lookbackMicros = 1000;

    @Bounds(least = 0, most = ReceiveSettings.MOST_WINDOW_MILLIS, unit = "milliseconds")
    @Option(
            names = "--rx-window-ms",
            defaultValue = "100",
            paramLabel = "MS",
            description = "How long after a switch the side that was left is received from: ${BOUNDS}."
                    + " Default: ${DEFAULT-VALUE}")
    int windowMillis = 100;

    ReceiveSettings settings() {
        Optional<Mode> known = Arrays.stream(Mode.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(mode))
                .findFirst();
        Commands.check(known.isPresent(), "--rx-mode " + mode, "active, presence or both");
        return new ReceiveSettings(
                known.orElseThrow(), Duration.ofNanos(lookbackMicros * 1000L), Duration.ofMillis(windowMillis));
    }
}
