package io.twinport.control.cli;

import io.twinport.control.metrics.MetricsAddress;
import io.twinport.dataplane.flight.FlightRecorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What belongs to a run's process, and not to one of its ports. */
final class ProcessOptions {
    private static final int LEAST_STUCK_SECONDS = 3;
    private static final int MOST_STUCK_SECONDS = 3600;

    @Mixin
    EngineOptions engine = new EngineOptions();

    @Option(
            names = "--flight-recorder",
            arity = "0..1",
            fallbackValue = "256",
            defaultValue = "0",
            paramLabel = "N",
            description =
                    "Keep the headers of the last N frames before each switch and of N after it (256), of the last 64"
                            + " switches, in NAME.flight beside NAME.cnc: 'twinport history NAME.cnc --pcap FILE' writes them."
                            + " Of the first port, where there are several.")
    int flightFrames;

    @Option(
            names = "--metrics",
            paramLabel = "[HOST:]PORT",
            description =
                    "Serve metrics for Prometheus at http://HOST:PORT/metrics; without HOST on loopback only. Not served"
                            + " unless given.")
    @Nullable
    String metrics;

    @Option(
            names = "--control-socket",
            paramLabel = "PATH|none",
            description =
                    "Where 'twinport show', 'switch' and the like reach this process; mode 0600. Default: NAME.sock"
                            + " beside NAME.cnc")
    @Nullable
    String controlSocket;

    @Option(
            names = "--exit-when-stuck",
            paramLabel = "SECONDS",
            description =
                    "End with exit code 3 when a poll loop, or another thread that traffic depends on, has hung for so long:"
                            + " 3 to 3600. For who starts it again; systemd's watchdog does the same. Default: it is only said.")
    @Nullable
    Integer exitWhenStuck;

    /** Checked. */
    Optional<Duration> exitWhenStuck() {
        Integer seconds = exitWhenStuck;
        if (seconds == null) {
            return Optional.empty();
        }
        Commands.check(
                seconds >= LEAST_STUCK_SECONDS && seconds <= MOST_STUCK_SECONDS,
                "--exit-when-stuck " + seconds,
                LEAST_STUCK_SECONDS + " to " + MOST_STUCK_SECONDS + " seconds");
        return Optional.of(Duration.ofSeconds(seconds));
    }

    /**
     * Where the control socket is to be; empty for none.
     *
     * @param cncFile of the same process
     */
    Optional<Path> controlSocket(Path cncFile) {
        String given = controlSocket;
        if (given == null) {
            return Optional.of(socketBeside(cncFile));
        }
        return given.equals("none") ? Optional.empty() : Optional.of(Path.of(given));
    }

    static Path socketBeside(Path cncFile) {
        return cncFile.resolveSibling(cncFile.getFileName().toString().replaceFirst("\\.cnc$", ".sock"));
    }

    /** Checked. */
    Optional<MetricsAddress> metrics() {
        return Optional.ofNullable(metrics).map(text -> MetricsAddress.parse("--metrics", text));
    }

    /** Checked. */
    int flightFrames() {
        Commands.check(
                flightFrames >= 0 && flightFrames <= FlightRecorder.mostFrames(),
                "--flight-recorder " + flightFrames,
                "1 to " + FlightRecorder.mostFrames() + " frames, or 0 for none");
        return flightFrames;
    }

    /** Takes what a command line says beside a configuration. */
    void overrideBy(ProcessOptions given, Predicate<String> isGiven) {
        if (isGiven.test("--flight-recorder")) {
            flightFrames = given.flightFrames;
        }
        exitWhenStuck = given.exitWhenStuck != null ? given.exitWhenStuck : exitWhenStuck;
        metrics = given.metrics != null ? given.metrics : metrics;
        controlSocket = given.controlSocket != null ? given.controlSocket : controlSocket;
        engine.overrideBy(given.engine);
    }
}
