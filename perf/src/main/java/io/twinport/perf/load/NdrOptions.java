package io.twinport.perf.load;

import io.twinport.control.cli.Bounds;
import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.report.Printer;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of {@code bench forward} that belong to {@code --ndr}. */
public final class NdrOptions {
    private static final int MOST_TRIALS = 99;
    private static final int USUAL_BURST = 32;
    private static final int MOST_BURST = 64;
    private static final int LEAST_MOST = 100_000;
    private static final int MOST_MOST = 1_000_000_000;
    private static final int MOST_TRIAL = 60_000;

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    @Option(
            names = "--ndr",
            description =
                    "Look for the no-drop rate instead (RFC 2544), and for that with 0.5 %% lost: virtio-user with"
                            + " a paced load at its vhost-user far end, on the other CPU.")
    boolean isWanted;

    @Bounds(least = 1, most = MOST_TRIAL, unit = "milliseconds")
    @Option(
            names = "--trial",
            defaultValue = "500",
            paramLabel = "MS",
            description = "With --ndr: how long a rate is offered: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    long trialMillis;

    @Bounds(least = 1, most = MOST_TRIALS)
    @Option(
            names = "--trials",
            defaultValue = "3",
            paramLabel = "N",
            description =
                    "With --ndr: trials of a rate, of which most must hold: ${BOUNDS}, odd. Default: ${DEFAULT-VALUE}")
    int trials;

    @Bounds(least = LEAST_MOST, most = MOST_MOST, unit = "packets per second")
    @Option(
            names = "--most",
            defaultValue = "30000000",
            paramLabel = "PPS",
            description = "With --ndr: the highest rate that is offered: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    long most;

    /** Whether {@code --ndr} was given. */
    public boolean isWanted() {
        return isWanted;
    }

    /**
     * Runs it, and returns the exit code.
     *
     * @param size as on the command line, null if it was not given
     * @param burst the same
     * @param files where the result goes, if anywhere
     */
    public int run(@Nullable String size, @Nullable String burst, Duration warmUp, int launches, ResultFiles files)
            throws IOException {
        Commands.check(trials % 2 == 1, "--trials " + trials, "an odd number");
        for (String option :
                List.of("--packets", "--mode", "--device", "--cases", "--matrix", "--attempts", "--html")) {
            Commands.check(
                    !isGiven(option) || isVhost(option), option + " with --ndr", "none; it forwards on virtio-user");
        }
        int length = number("--size", size, Generator.SHORTEST, Generator.SHORTEST, Generator.LONGEST);
        int frames = number("--burst", burst, USUAL_BURST, 1, MOST_BURST);
        files.check();
        NdrSetup setup = new NdrSetup(
                new LoadSetup(Rig.ofThisMachine(), length, frames, warmUp, false, 0),
                NdrSearch.Range.upTo(most),
                Duration.ofMillis(trialMillis),
                trials);
        String again =
                "./twinport bench forward --ndr --launches " + launches + " --size " + length + " --burst " + frames
                        + " --trial " + trialMillis + " --trials " + trials + " --most " + most + " --warm-up "
                        + warmUp.toMillis();
        NdrResult result = new NdrBench(setup, new Printer(files.text())).run(launches, again);
        files.write(result);
        return 0;
    }

    private static int number(String option, @Nullable String text, int usual, int least, int most) {
        if (text == null) {
            return usual;
        }
        int number = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
        Commands.check(
                number >= least && number <= most,
                option + " " + text + " with --ndr",
                "one number, " + least + " to " + most);
        return number;
    }

    private boolean isGiven(String option) {
        return command != null && command.commandLine().getParseResult().hasMatchedOption(option);
    }

    private boolean isVhost(String option) {
        return option.equals("--device")
                && command != null
                && command.commandLine()
                        .getParseResult()
                        .matchedOption(option)
                        .originalStringValues()
                        .contains("vhost");
    }
}
