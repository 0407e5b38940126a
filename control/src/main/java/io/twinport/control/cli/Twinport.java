package io.twinport.control.cli;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command with its subcommands; what the launcher itself does (setup, test, bench) is only listed. */
@Command(
        name = "twinport",
        description = "A failover port over a fast NIC and a virtio-net NIC: a userspace packet dataplane on DPDK.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            SoakCommand.class,
            ReplayCommand.class,
            ShowCommand.class,
            TopCommand.class,
            OperateCommands.Switch.class,
            OperateCommands.Attach.class,
            OperateCommands.Detach.class,
            CaptureCommand.class,
            OperateCommands.ReloadConfiguration.class,
            OperateCommands.Drain.class,
            OperateCommands.LogLevel.class,
            OperateCommands.Stop.class,
            HistoryCommand.class,
            DoctorCommand.class,
            ProbeCommand.class,
            ConfigCommand.class,
            TeamingCommand.class,
            MigrateCommand.class,
            HostCommand.class,
            CompletionCommand.class,
            ManCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Done by the launcher:",
            "  setup  Install what is missing: DPDK's libraries, drivers and tools.",
            "  test   Run the whole test suite.",
            "  fuzz   Give a reader of files or sockets inputs that nobody has thought of; 'fuzz --help' says more.",
            "  bench  Run the benchmarks; 'bench --help' lists them.",
            "  dist   Make an archive that runs without a JDK; 'dist --help' says more.",
            "",
            "Exit codes: 0 done; 1 failed; 2 you have to mend something, as stderr says."
        })
public final class Twinport {
    Twinport() {}

    /** Whether a command line starts ports from a file, so that SIGHUP means that it is to be read again. */
    public static boolean readsConfiguration(String... arguments) {
        return arguments.length > 0
                && arguments[0].equals("run")
                && Arrays.stream(arguments)
                        .takeWhile(argument -> !argument.equals("--"))
                        .anyMatch(argument -> argument.startsWith("-c") || argument.startsWith("--config"));
    }

    /** Runs a command line and returns the exit code. */
    public static int execute(String... arguments) {
        return Commands.execute(new Twinport(), arguments);
    }
}
