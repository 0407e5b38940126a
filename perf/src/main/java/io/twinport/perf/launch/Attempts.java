package io.twinport.perf.launch;

import io.twinport.control.cli.Bounds;
import picocli.CommandLine.Option;

/** How often a disturbed launch is repeated: an option of a benchmark's command. */
public final class Attempts {
    /** Where nothing else is asked for. */
    public static final int USUAL = 4;

    private static final int MOST = 100;

    @Bounds(least = 1, most = MOST)
    @Option(
            names = "--attempts",
            defaultValue = "" + USUAL,
            paramLabel = "N",
            description =
                    "How often a launch is made at most, ${BOUNDS}, while other processes have its CPU for more than 1 %% of the"
                            + " time. Default: ${DEFAULT-VALUE}")
    int attempts;

    /** At most so many. */
    public int number() {
        return attempts;
    }
}
