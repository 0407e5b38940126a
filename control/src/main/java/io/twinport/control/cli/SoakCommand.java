package io.twinport.control.cli;

import io.twinport.control.lab.Soak;
import io.twinport.control.lab.SoakOptions;
import io.twinport.control.lab.SoakResult;
import io.twinport.control.lab.SoakView;
import io.twinport.dataplane.engine.Leftovers;
import io.twinport.dataplane.handler.Pacer;
import io.twinport.dpdk.EalArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinport soak}. */
@Command(
        name = "soak",
        description =
                "Chaos: cut, restore, unplug, plug, close and open the sides of a failover port, force it and change its"
                        + " policy, in random order under load in both directions, and account for each frame. Virtual devices in this"
                        + " process; needs no hardware and no hugepages. Exit code 1 if a frame or an mbuf is unaccounted for, or"
                        + " traffic gets stuck.",
        mixinStandardHelpOptions = true)
final class SoakCommand implements Callable<Integer> {
    private static final int MEGABYTES = 128;
    private static final double LEAST_MINUTES = 0.001;
    private static final double MOST_MINUTES = 60 * 24 * 365;
    private static final int MOST_FAULTS = 1_000_000_000;

    /** What a JSON number can tell exactly. */
    private static final long MOST_SEED = 1L << 53;

    @Bounds(least = LEAST_MINUTES, most = MOST_MINUTES, unit = "minutes")
    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long: ${BOUNDS}, fractions too. Default: 1, or as long as --faults takes")
    @Nullable
    Double minutes;

    @Bounds(least = 1, most = MOST_FAULTS)
    @Option(
            names = "--faults",
            paramLabel = "N",
            description = "How many faults: ${BOUNDS}. Default: as many as fit in --minutes")
    @Nullable
    Long faults;

    @Bounds(least = 0, most = MOST_SEED)
    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "Gives the faults of an earlier run, in the same order: ${BOUNDS}. Default: another one each time, which is"
                            + " printed")
    @Nullable
    Long seed;

    @Bounds(least = 0, most = Pacer.MOST_RATE, unit = "packets per second")
    @Option(
            names = "--rate",
            defaultValue = "0",
            paramLabel = "PPS",
            description = "How fast in each direction: ${BOUNDS}, 0 for as fast as it goes. Default: ${DEFAULT-VALUE}")
    long rate;

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the result as JSON; '-': to stdout, and everything else to stderr.")
    @Nullable
    String json;

    @Mixin
    WireOptions wires = new WireOptions();

    @Mixin
    EngineOptions engine = new EngineOptions();

    @Parameters(paramLabel = "-- EAL", description = "Arguments for DPDK's EAL, after '--'.")
    List<String> eal = List.of();

    @Override
    public Integer call() throws IOException {
        Commands.checkWritable("--json", json);
        Path cnc = engine.cncFile("soak-" + ProcessHandle.current().pid());
        PrintStream out = Commands.textStream(json);
        SoakView view = new SoakView(out, out == System.out && Commands.isTerminal());
        EalArguments arguments = EngineOptions.eal(List.of(), eal).withMemoryAtHand(MEGABYTES);
        SoakOptions options = options();
        view.say("soak: seed " + options.seed() + ", "
                + (options.faults() == Long.MAX_VALUE ? "" : options.faults() + " faults, ")
                + (minutes == null && faults != null ? "" : options.time().toSeconds() + " s, ")
                + (rate == 0 ? "full load" : rate + " packets per second") + " in both directions, driver "
                + wires.driver);
        try (Interrupt interrupt = Interrupt.install()) {
            SoakResult result = Soak.run(options, arguments, view, cnc, interrupt::isRequested);
            view.result(result);
            if (json != null) {
                Commands.writeJson(result, json);
            }
            return result.isGood() ? 0 : 1;
        } finally {
            if (engine.name == null) {
                Leftovers.discard(cnc);
            }
        }
    }

    private SoakOptions options() {
        double most = minutes != null ? minutes : faults != null ? MOST_MINUTES : 1;
        return new SoakOptions(
                wires.driver,
                faults == null ? Long.MAX_VALUE : faults,
                Duration.ofNanos((long) (most * Duration.ofMinutes(1).toNanos())),
                seed == null ? System.nanoTime() & Integer.MAX_VALUE : seed,
                rate);
    }
}
