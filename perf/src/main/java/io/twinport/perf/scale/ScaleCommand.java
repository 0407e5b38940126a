package io.twinport.perf.scale;

import io.twinport.control.cli.Bounds;
import io.twinport.control.cli.Commands;
import io.twinport.dataplane.line.SideLine;
import io.twinport.perf.launch.Attempts;
import io.twinport.perf.launch.Launches;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport bench scale}. */
@Command(
        name = "scale",
        description = "What further failover ports, queues and loops in one process cost, busy and idle; its memory and"
                + " its start; beside dpdk-testpmd, on net_null. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class ScaleCommand implements Callable<Integer> {
    private static final double LEAST_SECONDS = 0.01;
    private static final int MOST_SECONDS = 3600;
    private static final int MOST_WARM_UP = 60_000;

    /** DPDK has room for 32 devices: two of each port, and some for what comes in another one's place. */
    private static final int MOST_PORTS = 15;

    @Mixin
    Launches launches = new Launches();

    @Bounds(least = 1, most = MOST_PORTS)
    @Option(
            names = "--ports",
            split = ",",
            defaultValue = "1,2,4,8,15",
            paramLabel = "N",
            description = "Numbers of failover ports in one process, ${BOUNDS}; 1 is measured in any case."
                    + " Default: ${DEFAULT-VALUE}")
    int[] ports = {};

    @Bounds(least = 1, most = SideLine.MOST_QUEUES)
    @Option(
            names = "--queues",
            split = ",",
            defaultValue = "1,2,4",
            paramLabel = "N",
            description =
                    "Numbers of queues of one port, ${BOUNDS}, those above 1 on one loop and on two; 1 is measured in"
                            + " any case. Default: ${DEFAULT-VALUE}")
    int[] queues = {};

    @Bounds(least = LEAST_SECONDS, most = MOST_SECONDS, unit = "seconds")
    @Option(
            names = "--seconds",
            defaultValue = "0.4",
            paramLabel = "S",
            description = "How long each launch is measured: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    double seconds;

    @Bounds(least = 0, most = MOST_WARM_UP, unit = "milliseconds")
    @Option(
            names = "--warm-up",
            defaultValue = "600",
            paramLabel = "MS",
            description = "How long each launch forwards before it is measured: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    long warmUpMillis;

    @Option(
            names = "--launcher",
            paramLabel = "FILE",
            description =
                    "Start 'run' by this launcher, bin/twinport of an unpacked distribution, and not in a JVM like"
                            + " this one: the time to its first packet is then that of the whole command.")
    @Nullable
    Path launcher;

    @Mixin
    Attempts attempts = new Attempts();

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        Commands.check(
                launcher == null || Files.isExecutable(launcher),
                "--launcher " + launcher,
                "a file that can be executed, as bin/twinport of an unpacked distribution");
        int rounds = launches.number();
        int most = attempts.number();
        files.check();
        PrintStream out = files.text();
        List<Integer> numbers = from1(ports);
        List<Integer> ofQueues = from1(queues);
        ScaleSetup setup = ScaleSetup.ofThisMachine(
                Duration.ofMillis(Math.round(seconds * 1000)),
                Duration.ofMillis(warmUpMillis),
                Optional.ofNullable(launcher).map(Path::toAbsolutePath));
        String command = "./twinport bench scale --launches " + rounds + " --ports " + list(numbers) + " --queues "
                + list(ofQueues) + " --seconds " + seconds + " --warm-up " + warmUpMillis + " --attempts " + most
                + (launcher == null ? "" : " --launcher " + launcher);
        ScaleBench.Outcome outcome = new ScaleBench(setup, most, out).run(numbers, ofQueues, rounds, command);
        files.write(outcome.result(), () -> ScalePage.of(outcome));
        return 0;
    }

    /** What the others are compared with is always among them, and first. */
    private static List<Integer> from1(int[] numbers) {
        return IntStream.concat(IntStream.of(1), Arrays.stream(numbers))
                .sorted()
                .distinct()
                .boxed()
                .toList();
    }

    private static String list(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
