package io.twinport.perf.launch;

import io.twinport.control.cli.Bounds;
import picocli.CommandLine.Option;

/** How often each case is launched: an option of a benchmark's command. */
public final class Launches {
    private static final int MOST = 1000;

    @Bounds(least = 1, most = MOST)
    @Option(
            names = "--launches",
            defaultValue = "5",
            paramLabel = "N",
            description = "Launches of each case: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int launches;

    /** So many. */
    public int number() {
        return launches;
    }
}
