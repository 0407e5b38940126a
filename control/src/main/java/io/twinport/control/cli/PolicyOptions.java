package io.twinport.control.cli;

import io.twinport.control.plan.FailbackSpec;
import io.twinport.control.plan.RunSettings;
import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.failover.HoldSettings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** When a failover port switches, and whom it tells. */
final class PolicyOptions {
    @Option(
            names = "--failback",
            defaultValue = "when-proven",
            paramLabel = "WHEN",
            description = "When the traffic goes back to a primary that is up again. when-proven: with the first frame"
                    + " received on it, at most a second later. at-once: as the kernel does. delay:MS: after so many"
                    + " milliseconds. manual: only when told, or when the standby fails. Default: ${DEFAULT-VALUE}")
    String failback = "when-proven";

    @Option(
            names = "--damping",
            description = "A primary that fails again within 10 s of its failback, three times and more, waits twice"
                    + " as long each time.")
    boolean damping;

    @Bounds(least = 0, most = HoldSettings.MOST_MICROS, unit = "microseconds")
    @Option(
            names = "--hold-us",
            defaultValue = "0",
            paramLabel = "US",
            description =
                    "Hold frames for an unplanned cut: the other side resends frames that were posted within so many"
                            + " microseconds and are not known to have arrived, before any new frame; while no side is ready,"
                            + " new frames wait as long. Choose more than the time to notice a cut: ${BOUNDS}, 0 for not at"
                            + " all. Default: ${DEFAULT-VALUE}")
    int holdMicros;

    @Bounds(least = 0, most = RunSettings.Announce.MOST, unit = "times")
    @Option(
            names = "--announce",
            defaultValue = "5",
            paramLabel = "N",
            description = "How often the port announces its addresses after each switch, ${BOUNDS}: by ARP and Neighbor"
                    + " Advertisements for those of the tap:NAME interface, by RARP where it has none. Default:"
                    + " ${DEFAULT-VALUE}")
    int announce = 5;

    @Bounds(least = 1, most = RunSettings.Announce.MOST_MILLIS, unit = "milliseconds")
    @Option(
            names = "--announce-ms",
            defaultValue = "100",
            paramLabel = "MS",
            description = "Time between two announcements: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int announceMillis = 100;

    @Bounds(least = 1, most = FilterSettings.LAST_VLAN)
    @Option(
            names = "--announce-vlan",
            split = ",",
            paramLabel = "ID",
            description = "Announce in these VLANs too, tagged: ${BOUNDS}.")
    int[] announceVlans = {};

    @Bounds(least = 1, most = RunSettings.MOST_RELEASE_SECONDS, unit = "seconds")
    @Option(
            names = "--release-seconds",
            defaultValue = "5",
            paramLabel = "S",
            description = "When the kernel wants a device back and twinport cannot give it back within that time, the"
                    + " process ends with exit code 3, and the kernel takes it: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int releaseSeconds = 5;

    FailbackSettings failback() {
        return FailbackSpec.parse(failback, damping);
    }

    HoldSettings hold() {
        return HoldSettings.of(Duration.ofNanos(holdMicros * 1000L));
    }

    RunSettings.Announce announce() {
        return new RunSettings.Announce(announce, Duration.ofMillis(announceMillis), announceVlans);
    }

    Duration releaseTime() {
        return Duration.ofSeconds(releaseSeconds);
    }
}
