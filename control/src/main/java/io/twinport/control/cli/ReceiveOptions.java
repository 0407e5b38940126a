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
            description = "From which side the port receives. active: from the side that transmits; for a while after a"
                    + " switch also frames for one receiver from the other side. presence: as the kernel does, from the"
                    + " primary as long as there is one, even with its link down, else from the standby. both: as"
                    + " active, but after a switch all frames of both sides, without duplicates. Default:"
                    + " ${DEFAULT-VALUE}")
    String mode = "active";

    @Bounds(least = 0, most = ReceiveSettings.MOST_LOOKBACK_MICROS, unit = "microseconds")
    @Option(
            names = "--rx-lookback-us",
            defaultValue = "1000",
            paramLabel = "US",
            description =
                    "At a switch, deliver the frames that the new side has received within so much time before, and"
                            + " none older: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int lookbackMicros = 1000;

    @Bounds(least = 0, most = ReceiveSettings.MOST_WINDOW_MILLIS, unit = "milliseconds")
    @Option(
            names = "--rx-window-ms",
            defaultValue = "100",
            paramLabel = "MS",
            description = "How long after a switch the port still receives from the former side: ${BOUNDS}. Default:"
                    + " ${DEFAULT-VALUE}")
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
