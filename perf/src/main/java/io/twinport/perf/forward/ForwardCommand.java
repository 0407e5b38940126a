package io.twinport.perf.forward;

import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.Rig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code twinport bench forward}. */
@Command(
        name = "forward",
        description = "Forwarding rate of a bare port and of a failover port beside dpdk-testpmd: one net_null device"
                + " looped to itself, 64 byte frames, bursts of 32, one core. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class ForwardCommand implements Callable<Integer> {
    private static final int MOST_LAUNCHES = 1000;

    @Option(
            names = "--launches",
            defaultValue = "5",
            paramLabel = "N",
            description = "Launches of each case. Default: ${DEFAULT-VALUE}")
    int launches;

    @Option(
            names = "--packets",
            defaultValue = "400000000",
            paramLabel = "N",
            description = "Packets that each launch forwards in the measured time. Default: ${DEFAULT-VALUE}, 2 to 4 s")
    long packets;

    @Option(
            names = "--warm-up",
            defaultValue = "1000",
            paramLabel = "MS",
            description = "Milliseconds that each launch forwards before it is measured. Default: ${DEFAULT-VALUE}")
    long warmUpMillis;

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the result as JSON; '-': to stdout, and everything else to stderr.")
    @Nullable
    String json;

    @Override
    public Integer call() throws IOException {
        Commands.check(launches >= 1 && launches <= MOST_LAUNCHES, "--launches " + launches, "1 to " + MOST_LAUNCHES);
        Commands.check(packets >= 1, "--packets " + packets, "1 or more");
        Commands.check(warmUpMillis >= 0 && warmUpMillis <= 60_000, "--warm-up " + warmUpMillis, "0 to 60000");
        Commands.checkWritable("--json", json);
        PrintStream out = Commands.textStream(json);
        ForwardSetup setup = new ForwardSetup(Rig.ofThisMachine(), packets, Duration.ofMillis(warmUpMillis));
        String command = "./twinport bench forward --launches " + launches + " --packets " + packets + " --warm-up "
                + warmUpMillis;
        ForwardResult result = new ForwardBench(setup, out).run(launches, command);
        if (json != null) {
            Commands.writeJson(result, json);
        }
        return 0;
    }
}
