package io.twinport.perf.forward;

import io.twinport.control.cli.Commands;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.load.NdrOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code twinport bench forward}. */
@Command(
        name = "forward",
        description = "Forwarding rate of a bare port and of a failover port beside dpdk-testpmd: one device looped to"
                + " itself, one core. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class ForwardCommand implements Callable<Integer> {
    private static final int MOST_LAUNCHES = 1000;
    private static final int MOST_BURST = 64;

    @Option(
            names = "--launches",
            defaultValue = "5",
            paramLabel = "N",
            description = "Launches of each case. Default: ${DEFAULT-VALUE}")
    int launches;

    @Option(
            names = "--device",
            defaultValue = "null",
            paramLabel = "null|ring|vhost",
            converter = DeviceConverter.class,
            description =
                    "net_null, net_ring, or virtio-user with a testpmd at its vhost-user far end, on the other CPU."
                            + " Default: ${DEFAULT-VALUE}")
    ForwardDevice device;

    @Option(
            names = "--size",
            defaultValue = "64",
            paramLabel = "BYTES|imix",
            converter = FrameSize.Converter.class,
            description = "Length of the frames, 64 to 1518, or imix: 7 of 64, 4 of 570, 1 of 1518; not from net_null."
                    + " Default: ${DEFAULT-VALUE}")
    FrameSize size;

    @Option(
            names = "--burst",
            defaultValue = "32",
            paramLabel = "N",
            description = "Frames received and sent at once, 1 to 64. Default: ${DEFAULT-VALUE}")
    int burst;

    @Option(
            names = "--mode",
            defaultValue = "io",
            paramLabel = "io|macswap",
            converter = ModeConverter.class,
            description = "What is done with a frame. Default: ${DEFAULT-VALUE}, nothing")
    ForwardMode mode;

    @Option(
            names = "--packets",
            paramLabel = "N",
            description = "Packets that each launch forwards in the measured time. Default: 2 to 4 s' worth")
    @Nullable
    Long packets;

    @Option(
            names = "--warm-up",
            defaultValue = "1000",
            paramLabel = "MS",
            description = "Milliseconds that each launch forwards before it is measured. Default: ${DEFAULT-VALUE}")
    long warmUpMillis;

    @Mixin
    NdrOptions ndr = new NdrOptions();

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the result as JSON; '-': to stdout, and everything else to stderr.")
    @Nullable
    String json;

    @Override
    public Integer call() throws IOException {
        Commands.check(launches >= 1 && launches <= MOST_LAUNCHES, "--launches " + launches, "1 to " + MOST_LAUNCHES);
        long count = packets == null ? device.packets() : packets;
        Commands.check(count >= 1, "--packets " + count, "1 or more");
        Commands.check(burst >= 1 && burst <= MOST_BURST, "--burst " + burst, "1 to " + MOST_BURST);
        Commands.check(
                ndr.isWanted() || !size.isMixed() || device != ForwardDevice.NULL,
                "--size imix with --device null, whose frames are all alike,",
                "ring or vhost, or a number of bytes");
        Commands.check(warmUpMillis >= 0 && warmUpMillis <= 60_000, "--warm-up " + warmUpMillis, "0 to 60000");
        Commands.checkWritable("--json", json);
        if (ndr.isWanted()) {
            return ndr.run(size.name(), burst, Duration.ofMillis(warmUpMillis), launches, json);
        }
        PrintStream out = Commands.textStream(json);
        ForwardSetup setup = new ForwardSetup(
                Rig.ofThisMachine(), device, size, burst, mode, count, Duration.ofMillis(warmUpMillis));
        String command = "./twinport bench forward --launches " + launches + " --device " + device.label() + " --size "
                + size.name() + " --burst " + burst + " --mode " + mode.label() + " --packets " + count + " --warm-up "
                + warmUpMillis;
        ForwardResult result = new ForwardBench(setup, out).run(launches, command);
        if (json != null) {
            Commands.writeJson(result, json);
        }
        return 0;
    }

    /** Lower case on the command line. */
    static final class DeviceConverter implements ITypeConverter<ForwardDevice> {
        @Override
        public ForwardDevice convert(String value) {
            return Arrays.stream(ForwardDevice.values())
                    .filter(device -> device.label().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + value + "' is none of null, ring, vhost"));
        }
    }

    /** Lower case on the command line. */
    static final class ModeConverter implements ITypeConverter<ForwardMode> {
        @Override
        public ForwardMode convert(String value) {
            return Arrays.stream(ForwardMode.values())
                    .filter(mode -> mode.label().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + value + "' is neither io nor macswap"));
        }
    }
}
