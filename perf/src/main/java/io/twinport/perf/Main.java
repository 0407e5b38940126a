package io.twinport.perf;

import io.twinport.control.Fault;
import io.twinport.control.Output;
import io.twinport.control.cli.Commands;
import io.twinport.perf.compare.CompareCommand;
import io.twinport.perf.cost.CostCommand;
import io.twinport.perf.failover.FailoverCommand;
import io.twinport.perf.forward.ForwardCommand;
import io.twinport.perf.latency.LatencyCommand;
import io.twinport.perf.scale.ScaleCommand;
import io.twinport.perf.stall.StallCommand;
import io.twinport.perf.virtio.VirtioCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code twinport bench}: the benchmarks' command line. */
@Command(
        name = "twinport bench",
        description = "Benchmarks beside the C peers. perf/README.md says what each one measures.",
        subcommands = {
            AllCommand.class,
            ForwardCommand.class,
            FailoverCommand.class,
            LatencyCommand.class,
            StallCommand.class,
            VirtioCommand.class,
            ScaleCommand.class,
            CostCommand.class,
            CompareCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 done; 1 failed; 2 you have to mend something, as stderr says."})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Output.install();
        Fault.reportUncaught();
        System.exit(execute(arguments));
    }

    /** Runs a command line and returns the exit code. */
    public static int execute(String... arguments) {
        return Commands.execute(new Main(), arguments);
    }
}
