package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.dataplane.cnc.CncException;
import io.twinport.dpdk.DpdkException;
import io.twinport.posix.PosixException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command with its subcommands; what the launcher itself does (setup, test, bench) is only listed. */
@Command(
        name = "twinport",
        description = "A failover port over a fast NIC and a virtio-net NIC: a userspace packet dataplane on DPDK.",
        subcommands = {DemoCommand.class, RunCommand.class, CommandLine.HelpCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Done by the launcher:",
            "  setup  Install what is missing: DPDK's libraries, drivers and tools.",
            "  test   Run the whole test suite.",
            "  bench  Run the benchmarks; 'bench --help' lists them.",
            "",
            "Exit codes: 0 done; 1 failed; 2 something to mend, said on stderr."
        })
public final class Twinport {
    /** Bad input, or a machine that lacks something. */
    public static final int MEND = 2;

    private Twinport() {}

    /** Runs a command line and returns the exit code. */
    public static int execute(String... arguments) {
        CommandLine commandLine = new CommandLine(new Twinport());
        commandLine.setExecutionExceptionHandler((e, command, result) -> {
            if (isToMend(e)) {
                command.getErr().println("twinport: " + e.getMessage());
                return MEND;
            }
            throw e;
        });
        if (arguments.length == 0) {
            commandLine.usage(commandLine.getOut());
            return 0;
        }
        return commandLine.execute(arguments);
    }

    private static boolean isToMend(Exception e) {
        return e instanceof UserException
                || e instanceof DpdkException
                || e instanceof PosixException
                || e instanceof CncException;
    }
}
