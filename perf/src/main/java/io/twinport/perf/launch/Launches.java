package io.twinport.perf.launch;

import io.twinport.control.cli.Commands;
import picocli.CommandLine.Option;

/** How often each case is launched: an option of a benchmark's command. */
public final class Launches {
    private static final int MOST = 1000;

    @Option(
            names = "--launches",
            defaultValue = "5",
            paramLabel = "N",
            description = "Launches of each case. Default: ${DEFAULT-VALUE}")
    int launches;

    /** So many. */
    public int number() {
        Commands.check(launches >= 1 && launches <= MOST, "--launches " + launches, "1 to " + MOST);
        return launches;
    }
}
