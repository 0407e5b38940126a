package io.twinport.perf.load;

import io.twinport.control.cli.Bounds;
import picocli.CommandLine.Option;

/** What the control plane allocates in the cases of collectors: an option of a benchmark's command. */
public final class Allocation {
    private static final int MOST = 10_000;

    @Bounds(least = 0, most = MOST, unit = "MB")
    @Option(
            names = "--allocate",
            defaultValue = "100",
            paramLabel = "MB",
            description =
                    "What the control plane allocates in a second (${BOUNDS}), with each of the serial collector, ZGC and"
                            + " Shenandoah. Default: ${DEFAULT-VALUE}; 0: without these cases")
    int megabytes;

    /** In a second; 0 for none. */
    public int megabytes() {
        return megabytes;
    }
}
