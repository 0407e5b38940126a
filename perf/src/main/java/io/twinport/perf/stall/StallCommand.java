package io.twinport.perf.stall;

import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.Rig;
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

    private static final int MOST_LAUNCHES = 1000;
    private static final int MOST_SECONDS = 3600;
    private static final int MOST_MEGABYTES = 10_000;

    @Option(
            names = "--launches",
            defaultValue = "5",
            paramLabel = "N",
            description = "Launches of each case. Default: ${DEFAULT-VALUE}")
    int launches;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            paramLabel = "N",
            description = "How long each of them is measured. Default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(
            names = "--allocate",
            defaultValue = "100",
            paramLabel = "MB",
            description = "What the control plane allocates in a second, with each of the serial collector, ZGC and"
                    + " Shenandoah. Default: ${DEFAULT-VALUE}; 0: without these cases")
    int megabytes;

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
        Commands.check(launches >= 1 && launches <= MOST_LAUNCHES, "--launches " + launches, "1 to " + MOST_LAUNCHES);
        Commands.check(seconds >= 1 && seconds <= MOST_SECONDS, "--seconds " + seconds, "1 to " + MOST_SECONDS);
        Commands.check(
                megabytes >= 0 && megabytes <= MOST_MEGABYTES, "--allocate " + megabytes, "0 to " + MOST_MEGABYTES);
        files.check();
        Commands.checkWritable("--hgrm", hgrm == null ? null : Hgrm.file(hgrm, "c"));
        StallSetup setup = new StallSetup(Rig.ofThisMachine(), Duration.ofSeconds(seconds), WARM_UP, megabytes);
        List<StallCase> cases = Arrays.stream(StallCase.values())
                .filter(what -> megabytes > 0 || !what.allocates())
                .toList();
        String command =
                "./twinport bench stall --launches " + launches + " --seconds " + seconds + " --allocate " + megabytes;
        StallBench.Outcome outcome = new StallBench(setup, files.text()).run(cases, launches, command);
        if (hgrm != null) {
            for (var named : outcome.passes().entrySet()) {
                Hgrm.write(hgrm, named.getKey(), named.getValue());
            }
        }
        files.write(outcome.result(), () -> StallPage.of(outcome));
        return 0;
    }
}
