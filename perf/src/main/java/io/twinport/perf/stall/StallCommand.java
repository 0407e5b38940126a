package io.twinport.perf.stall;

import io.twinport.control.cli.Bounds;
import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.Launches;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.load.Allocation;
import io.twinport.perf.report.Hgrm;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport bench stall}. */
@Command(
        name = "stall",
        description =
                "How long passes of our poll loop take, to the last of a million, beside those of a loop in C; and"
                        + " with a control plane that allocates, by garbage collector. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class StallCommand implements Callable<Integer> {
    static final Duration WARM_UP = Duration.ofSeconds(1);

    private static final int MOST_SECONDS = 3600;

    @Mixin
    Launches launches = new Launches();

    @Bounds(least = 1, most = MOST_SECONDS, unit = "seconds")
    @Option(
            names = "--seconds",
            defaultValue = "5",
            paramLabel = "N",
            description = "How long each of them is measured: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int seconds;

    @Mixin
    Allocation allocation = new Allocation();

    @Option(
            names = "--hgrm",
            paramLabel = "PREFIX",
            description = "Write a histogram of each case: PREFIX-CASE.hgrm, in us.")
    @Nullable
    String hgrm;

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        int rounds = launches.number();
        int allocated = allocation.megabytes();
        files.check();
        Commands.checkWritable("--hgrm", hgrm == null ? null : Hgrm.file(hgrm, "c"));
        StallSetup setup = new StallSetup(Rig.ofThisMachine(), Duration.ofSeconds(seconds), WARM_UP, allocated);
        List<StallCase> cases = Arrays.stream(StallCase.values())
                .filter(what -> allocated > 0 || !what.allocates())
                .toList();
        String command =
                "./twinport bench stall --launches " + rounds + " --seconds " + seconds + " --allocate " + allocated;
        StallBench.Outcome outcome = new StallBench(setup, files.text()).run(cases, rounds, command);
        if (hgrm != null) {
            for (var named : outcome.passes().entrySet()) {
                Hgrm.write(hgrm, named.getKey(), named.getValue());
            }
        }
        files.write(outcome.result(), () -> StallPage.of(outcome));
        return 0;
    }
}
