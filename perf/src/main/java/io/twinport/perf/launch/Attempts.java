package io.twinport.perf.launch;

import io.twinport.control.cli.Commands;
import picocli.CommandLine.Option;

/** How often a disturbed launch is repeated: an option of a benchmark's command. */
public final class Attempts {
    /** Where nothing else is asked for. */
    public static final int USUAL = 4;

    private static final int MOST = 100;

    @Option(
            names = "--attempts",
            defaultValue = "" + USUAL,
            paramLabel = "N",
            description =
                    "How often a launch is made at most while other processes have its CPU for more than 1 %% of the"
                            + " time. Default: ${DEFAULT-VALUE}")
    int attempts;

    /** At most so many. */
    public int number() {
        Commands.check(attempts >= 1 && attempts <= MOST, "--attempts " + attempts, "1 to " + MOST);
        return attempts;
    }
}
