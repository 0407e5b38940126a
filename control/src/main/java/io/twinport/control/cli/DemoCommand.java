package io.twinport.control.cli;

import io.twinport.control.HistogramFile;
import io.twinport.control.lab.Demo;
import io.twinport.control.lab.DemoOptions;
import io.twinport.control.lab.DemoView;
import io.twinport.control.pcap.PcapFile;
import io.twinport.dataplane.engine.Leftovers;
import io.twinport.dataplane.handler.Pacer;
import io.twinport.dpdk.EalArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code twinport demo}. */
@Command(
        name = "demo",
        description = "Cut and restore the primary's link under full load, again and again, between two virtual devices"
                + " and their far ends in this process. Needs no hardware and no hugepages.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int MEGABYTES = 128;

    /** A frame with its header fits in an mbuf of 2048 bytes. */
    private static final int LONGEST_PAYLOAD = 2048 - 32;

    private static final int MOST_SWITCHES = 30_000;

    /** Which way frames go. */
    enum Direction {
        TX,
        BOTH
    }

    @Bounds(least = 1, most = MOST_SWITCHES)
    @Option(
            names = "--switches",
            defaultValue = "100",
            paramLabel = "N",
            description = "Cuts of the primary's link, each restored again: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int switches;

    @Option(
            names = "--planned",
            description = "Do not cut the link: move the traffic to the standby and back, as an operator does. Loses,"
                    + " doubles and reorders nothing.")
    boolean planned;

    @Option(
            names = "--hold",
            description =
                    "Hold the frames in flight: after a cut the standby sends them again, and nothing is lost. Frames"
                            + " that the cut-off ring delivers later are duplicates.")
    boolean hold;

    @Bounds(least = 0, most = Pacer.MOST_RATE, unit = "packets per second")
    @Option(
            names = "--rate",
            defaultValue = "0",
            paramLabel = "PPS",
            description = "How fast in each direction: ${BOUNDS}, 0 for as fast as it goes. Default: ${DEFAULT-VALUE}")
    long rate;

    @Option(
            names = "--direction",
            defaultValue = "both",
            converter = DirectionConverter.class,
            paramLabel = "tx|both",
            description = "Transmit only, or both ways. Default: ${DEFAULT-VALUE}")
    Direction direction = Direction.BOTH;

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description = "Carry the frames of this capture (pcap, pcapng) as payload, instead of frames of 60 bytes.")
    @Nullable
    Path pcap;

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the result as JSON; '-': to stdout, and everything else to stderr.")
    @Nullable
    String json;

    @Option(names = "--hgrm", paramLabel = "FILE", description = "Write the histogram of event-to-first-burst, in us.")
    @Nullable
    Path hgrm;

    @Mixin
    WireOptions wires = new WireOptions();

    @Mixin
    EngineOptions engine = new EngineOptions();

    @Parameters(paramLabel = "-- EAL", description = "Arguments for DPDK's EAL, after '--'.")
    List<String> eal = List.of();

    @Override
    public Integer call() throws IOException {
        Commands.checkWritable("--json", json);
        Commands.checkWritable("--hgrm", hgrm == null ? null : hgrm.toString());
        Path cnc = engine.cncFile("demo-" + ProcessHandle.current().pid());
        List<byte[]> payload = pcap == null ? List.of() : PcapFile.read(pcap, LONGEST_PAYLOAD);
        PrintStream out = Commands.textStream(json);
        boolean terminal = out == System.out && Commands.isTerminal();
        DemoView view = new DemoView(out, terminal, switches);
        EalArguments arguments = EngineOptions.eal(List.of(), eal).withMemoryAtHand(MEGABYTES);
        view.say("A \"VF\" and a \"virtio\", each " + wires.driver.wire() + ", "
                + (arguments.usesHugePages() ? "on hugepages" : "without hugepages") + "; poll loop on CPU "
                + arguments.pollCpus().first() + ".");
        view.say((planned ? "The traffic is moved to the standby and back " : "The primary's link is cut and restored ")
                + switches + " times under "
                + (rate == 0 ? "full load" : rate + " packets per second") + ".");
        DemoOptions options =
                new DemoOptions(wires.driver, switches, rate, direction == Direction.BOTH, payload, planned, hold);
        try (Interrupt interrupt = Interrupt.install()) {
            Demo.Outcome outcome = Demo.run(options, arguments, view, cnc, interrupt::isRequested);
            view.result(outcome.result(), outcome.eventToBurst());
            if (hgrm != null) {
                HistogramFile.write(hgrm, outcome.eventToBurst());
            }
            if (json != null) {
                Commands.writeJson(outcome.result(), json);
            }
            return outcome.result().isGood(switches) ? 0 : 1;
        } finally {
            if (engine.name == null) {
                Leftovers.discard(cnc);
            }
        }
    }

    /** Lower case on the command line. */
    static final class DirectionConverter implements ITypeConverter<Direction> {
        @Override
        public Direction convert(String value) {
            return switch (value) {
                case "tx" -> Direction.TX;
                case "both" -> Direction.BOTH;
                default -> throw new TypeConversionException("'" + value + "' is no direction: give tx or both");
            };
        }
    }
}
