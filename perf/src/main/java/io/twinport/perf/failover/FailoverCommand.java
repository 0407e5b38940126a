package io.twinport.perf.failover;

import io.twinport.control.cli.Bounds;
import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.Launches;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.report.Hgrm;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport bench failover}. */
@Command(
        name = "failover",
        description = "How long a switch takes, ours beside DPDK's net_bonding and net_failsafe and a hand-written"
                + " selector in C: a primary's link is really cut under load. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class FailoverCommand implements Callable<Integer> {
    private static final int MOST_CUTS = 10_000;
    private static final long MOST_PACKETS = 100_000_000;
    private static final long HIGHEST_NANOS = 60_000_000_000L;

    private static final int QUICK_CUTS = 20;
    private static final int QUICK_LAUNCHES = 2;
    private static final int CUTS_ONCE = 6;

    @Bounds(least = 2, most = MOST_CUTS)
    @Option(
            names = "--cuts",
            defaultValue = "100",
            paramLabel = "N",
            description = "Cuts of each launch: ${BOUNDS}; net_failsafe's can be cut once. Default: ${DEFAULT-VALUE}")
    int cuts;

    @Mixin
    Launches launches = new Launches();

    @Bounds(least = 0, most = MOST_PACKETS, unit = "packets per second")
    @Option(
            names = "--rate",
            defaultValue = "0",
            paramLabel = "PPS",
            description = "How fast, in bursts of 32: ${BOUNDS}. Default: 0, as fast as possible")
    long rate;

    @Option(
            names = "--quick",
            description = QUICK_LAUNCHES + " launches of " + QUICK_CUTS + " cuts: does it work, and roughly how well")
    boolean quick;

    @Option(
            names = "--hgrm",
            paramLabel = "PREFIX",
            description = "Write histograms: PREFIX-CASE-eventToBurst.hgrm and PREFIX-CASE-cutToBurst.hgrm, in us.")
    @Nullable
    String hgrm;

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        files.check();
        Commands.checkWritable("--hgrm", hgrm == null ? null : Hgrm.file(hgrm, "twinport-eventToBurst"));
        int rounds = launches.number();
        if (quick) {
            cuts = QUICK_CUTS;
            rounds = QUICK_LAUNCHES;
        }
        FailoverSetup setup = new FailoverSetup(Rig.ofThisMachine(), cuts, quick ? QUICK_LAUNCHES : CUTS_ONCE, rate);
        String command = "./twinport bench failover --cuts " + cuts + " --launches " + rounds + " --rate " + rate;
        FailoverResult result =
                new FailoverBench(setup, files.text()).run(List.of(FailoverCase.values()), rounds, command);
        if (hgrm != null) {
            writeHistograms(hgrm, result);
        }
        files.write(result, () -> FailoverPage.of(result));
        return 0;
    }

    private static void writeHistograms(String prefix, FailoverResult result) throws IOException {
        Map<String, ToLongFunction<Cut>> times =
                Map.of("eventToBurst", Cut::eventToBurst, "cutToBurst", Cut::cutToBurst);
        for (var named : result.cases().entrySet()) {
            for (var time : times.entrySet()) {
                Histogram histogram = new Histogram(HIGHEST_NANOS, 3);
                FailoverResult.times(named.getValue(), time.getValue())
                        .forEach(nanos -> histogram.recordValue(Math.min(nanos, HIGHEST_NANOS)));
                Hgrm.write(prefix, named.getKey() + "-" + time.getKey(), histogram);
            }
        }
    }
}
