package io.twinport.perf.latency;

import io.twinport.control.cli.Bounds;
import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.Launches;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.load.Allocation;
import io.twinport.perf.load.ForwarderCase;
import io.twinport.perf.load.Generator;
import io.twinport.perf.load.LoadSetup;
import io.twinport.perf.report.Hgrm;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport bench latency}. */
@Command(
        name = "latency",
        description = "How long frames take through a bare port, a failover port and dpdk-testpmd, under several loads:"
                + " virtio-user with a paced load at its vhost-user far end. And through a failover port beside a"
                + " control plane that allocates, by garbage collector. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class LatencyCommand implements Callable<Integer> {
    private static final int MOST_SECONDS = 3600;
    private static final int MOST_BURST = 64;
    private static final int MOST_WARM_UP = 60_000;
    private static final long MOST_RATE = 1_000_000_000;

    @Mixin
    Launches launches = new Launches();

    @Bounds(least = 1, most = MOST_SECONDS, unit = "seconds")
    @Option(
            names = "--seconds",
            defaultValue = "3",
            paramLabel = "N",
            description = "How long each load lasts: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int seconds;

    @Bounds(least = 1, most = 100)
    @Option(
            names = "--loads",
            defaultValue = "10,50,90",
            split = ",",
            paramLabel = "PERCENT",
            description =
                    "Loads, ${BOUNDS}, shares of testpmd's no-drop rate, which is looked for first. Default: ${DEFAULT-VALUE}")
    List<Integer> percents = List.of();

    @Bounds(least = 1, most = MOST_RATE)
    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "PPS",
            description = "Loads in their place: frames per second, ${BOUNDS}.")
    List<Long> rates = List.of();

    @Bounds(least = Generator.SHORTEST, most = Generator.LONGEST, unit = "bytes")
    @Option(
            names = "--size",
            defaultValue = "64",
            paramLabel = "BYTES",
            description = "Length of the frames, ${BOUNDS}, without checksum. Default: ${DEFAULT-VALUE}")
    int size;

    @Bounds(least = 1, most = MOST_BURST)
    @Option(
            names = "--burst",
            defaultValue = "32",
            paramLabel = "N",
            description = "Frames that a forwarder receives and sends at once, ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int burst;

    @Mixin
    Allocation allocation = new Allocation();

    @Bounds(least = 0, most = MOST_WARM_UP, unit = "milliseconds")
    @Option(
            names = "--warm-up",
            defaultValue = "1500",
            paramLabel = "MS",
            description = "How long each launch forwards before it is measured: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    long warmUpMillis;

    @Option(
            names = "--hgrm",
            paramLabel = "PREFIX",
            description = "Write a histogram of each case under each load: PREFIX-CASE-LOAD.hgrm, in us.")
    @Nullable
    String hgrm;

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        check();
        LatencySetup setup = new LatencySetup(
                new LoadSetup(
                        Rig.ofThisMachine(),
                        size,
                        burst,
                        Duration.ofMillis(warmUpMillis),
                        true,
                        allocation.megabytes()),
                percents,
                rates,
                Duration.ofSeconds(seconds));
        List<ForwarderCase> cases = Arrays.stream(ForwarderCase.values())
                .filter(what -> allocation.megabytes() > 0 || !what.allocates())
                .toList();
        LatencyBench.Outcome outcome = new LatencyBench(setup, files.text()).run(cases, launches.number(), again());
        if (hgrm != null) {
            writeHistograms(hgrm, outcome.undisturbed());
        }
        files.write(outcome.result(), () -> LatencyPage.of(outcome));
        return 0;
    }

    private void check() {
        Commands.check(areDifferent(percents), "--loads " + joined(percents), "different numbers");
        Commands.check(areDifferent(rates), "--rates " + joined(rates), "different numbers");
        files.check();
        Commands.checkWritable("--hgrm", hgrm == null ? null : Hgrm.file(hgrm, "testpmd"));
    }

    /** How the user can run the same again. */
    private String again() {
        String loads = rates.isEmpty() ? "--loads " + joined(percents) : "--rates " + joined(rates);
        return "./twinport bench latency --launches " + launches.number() + " --seconds " + seconds + " " + loads
                + " --size " + size + " --burst " + burst + " --allocate " + allocation.megabytes() + " --warm-up "
                + warmUpMillis;
    }

    private static boolean areDifferent(List<?> list) {
        return new HashSet<>(list).size() == list.size();
    }

    private static String joined(List<?> list) {
        return list.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static void writeHistograms(String prefix, Map<String, Map<String, Histogram>> histograms)
            throws IOException {
        for (var ofLoad : histograms.entrySet()) {
            for (var named : ofLoad.getValue().entrySet()) {
                Hgrm.write(prefix, named.getKey() + "-" + ofLoad.getKey().replace("%", ""), named.getValue());
            }
        }
    }
}
