package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.metrics.MetricsAddress;
import io.twinport.control.socket.ControlSocketPath;
import io.twinport.dataplane.capture.FlightRecorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What belongs to a run's process, and not to one of its ports. */
public final class ProcessOptions {
    @Mixin
    EngineOptions engine = new EngineOptions();

    @Bounds(least = 1, most = FlightRecorder.MOST_FRAMES, unit = "frames", zero = "for none")
    @Option(
            names = "--flight-recorder",
            arity = "0..1",
            fallbackValue = "256",
            defaultValue = "0",
            paramLabel = "N",
            description =
                    "Keep the headers of the last N frames before each switch and of N after it (256; ${BOUNDS}), for"
                            + " the last 64 switches, in NAME.flight beside NAME.cnc: 'twinport history NAME.cnc --pcap FILE'"
                            + " writes them. With several ports: of the first one.")
    int flightFrames;

    @Option(
            names = "--metrics",
            paramLabel = "[HOST:]PORT",
            description =
                    "Serve metrics for Prometheus at http://HOST:PORT/metrics; without HOST on loopback only. Off by"
                            + " default.")
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

    @Bounds(least = 3, most = 3600, unit = "seconds", zero = "for never")
    @Option(
            names = "--exit-when-stuck",
            defaultValue = "0",
            paramLabel = "SECONDS",
            description =
                    "End with exit code 3 when a poll loop, or another thread that the traffic needs, has hung for so"
                            + " long (${BOUNDS}), for a supervisor that restarts it; systemd's watchdog does the same. Without"
                            + " it twinport only reports the hang.")
    int exitWhenStuck;

    Optional<Duration> exitWhenStuck() {
        return exitWhenStuck == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(exitWhenStuck));
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
        return given.equals("none") ? Optional.empty() : Optional.of(CommandLines.path("--control-socket", given));
    }

    /**
     * Checks what concerns the process alone.
     *
     * @throws UserException that names the option
     */
    void check() {
        Optional<MetricsAddress> ignored = metrics();
        Path cnc = engine.cncFile(EngineOptions.DEFAULT_NAME);
        controlSocket(cnc).ifPresent(socket -> {
            String option = (controlSocket == null ? "--cnc-dir: the control socket " : "--control-socket ") + socket;
            for (Path own : List.of(cnc, FlightRecorder.beside(cnc))) {
                if (own.toAbsolutePath()
                        .normalize()
                        .equals(socket.toAbsolutePath().normalize())) {
                    throw new UserException(option + " is not possible: this process has its own file there (--name,"
                            + " --cnc-dir). Choose another path.");
                }
            }
            ControlSocketPath.check(option, socket, own(cnc));
        });
    }

    private static Path own(Path cncFile) {
        return Objects.requireNonNull(cncFile.toAbsolutePath().getParent());
    }

    static Path socketBeside(Path cncFile) {
        return cncFile.resolveSibling(cncFile.getFileName().toString().replaceFirst("\\.cnc$", ".sock"));
    }

    /** Checked. */
    Optional<MetricsAddress> metrics() {
        return Optional.ofNullable(metrics).map(text -> MetricsAddress.parse("--metrics", text));
    }

    /** Takes what a command line says beside a configuration. */
    void overrideBy(ProcessOptions given, Predicate<String> isGiven) {
        if (isGiven.test("--flight-recorder")) {
            flightFrames = given.flightFrames;
        }
        if (isGiven.test("--exit-when-stuck")) {
            exitWhenStuck = given.exitWhenStuck;
        }
        metrics = given.metrics != null ? given.metrics : metrics;
        controlSocket = given.controlSocket != null ? given.controlSocket : controlSocket;
        engine.overrideBy(given.engine);
    }
}
