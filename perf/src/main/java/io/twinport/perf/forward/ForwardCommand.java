package io.twinport.perf.forward;

import io.twinport.control.UserException;
import io.twinport.control.cli.Bounds;
import io.twinport.perf.launch.Attempts;
import io.twinport.perf.launch.Launches;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.load.NdrOptions;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport bench forward}. */
@Command(
        name = "forward",
        description = "Forwarding rate of a bare port and of a failover port beside dpdk-testpmd: one device looped to"
                + " itself, one core. Launches alternate. Lists, with commas between, give all their combinations.",
        mixinStandardHelpOptions = true)
public final class ForwardCommand implements Callable<Integer> {
    private static final long MOST_PACKETS = 1_000_000_000_000L;
    private static final int MOST_WARM_UP = 60_000;

    @Mixin
    Launches launches = new Launches();

    @Option(
            names = "--cases",
            defaultValue = "testpmd,bare,failover",
            paramLabel = "LIST|all",
            description =
                    "What forwards: testpmd, bare, failover; our failover port with --rx-mode presence or both, with"
                            + " hold, or with its handler on a second core (pipeline); testpmd on DPDK's bonding or failsafe."
                            + " Default: ${DEFAULT-VALUE}")
    String cases;

    @Option(
            names = "--device",
            paramLabel = "LIST",
            description =
                    "null (net_null), ring (net_ring), vhost (virtio-user with a testpmd at its vhost-user far end, on"
                            + " the other CPU), memif (net_memif with such a testpmd). Default: null")
    @Nullable
    String devices;

    @Option(
            names = "--size",
            paramLabel = "LIST",
            description = "Length of the frames, 64 to 1518, or imix: 7 of 64, 4 of 570, 1 of 1518; not from net_null."
                    + " Default: 64")
    @Nullable
    String sizes;

    @Option(
            names = "--burst",
            paramLabel = "LIST",
            description = "Frames received and sent at once, 1 to 64. Default: 32")
    @Nullable
    String bursts;

    @Option(
            names = "--mode",
            defaultValue = "io",
            paramLabel = "LIST",
            description = "What is done with a frame: io (nothing), macswap. Default: ${DEFAULT-VALUE}")
    String modes;

    @Option(
            names = "--matrix",
            description = "All devices, the sizes 64,256,1518,imix and the bursts 1,8,32,64, where they are not given.")
    boolean matrix;

    @Bounds(least = 1, most = MOST_PACKETS)
    @Option(
            names = "--packets",
            paramLabel = "N",
            description = "Packets that each launch forwards in the measured time: ${BOUNDS}. Default: 2 to 4 s' worth")
    @Nullable
    Long packets;

    @Bounds(least = 0, most = MOST_WARM_UP, unit = "milliseconds")
    @Option(
            names = "--warm-up",
            defaultValue = "1000",
            paramLabel = "MS",
            description = "How long each launch forwards before it is measured: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    long warmUpMillis;

    @Mixin
    NdrOptions ndr = new NdrOptions();

    @Mixin
    Attempts attempts = new Attempts();

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        if (ndr.isWanted()) {
            return ndr.run(sizes, bursts, Duration.ofMillis(warmUpMillis), launches.number(), files);
        }
        ForwardPlan plan = new ForwardPlan(
                ForwardPlan.list(or(devices, "null", "null,ring,vhost,memif"), ForwardDevice::of),
                ForwardPlan.list(or(sizes, "64", "64,256,1518,imix"), FrameSize::of),
                ForwardPlan.list(or(bursts, "32", "1,8,32,64"), ForwardPlan::burst),
                ForwardPlan.list(modes, ForwardMode::of),
                ForwardCase.list(cases),
                launches.number(),
                packets,
                Duration.ofMillis(warmUpMillis));
        int most = attempts.number();
        files.check();
        PrintStream out = files.text();

        Map<String, String> leftOut = new LinkedHashMap<>();
        List<ForwardPlan.Point> points = plan.points(Rig.ofThisMachine(), leftOut);
        if (points.isEmpty()) {
            throw new UserException(leftOut.entrySet().stream()
                    .map(left -> left.getKey() + ": " + left.getValue())
                    .collect(Collectors.joining("; ", "Nothing of that can be measured. ", ".")));
        }
        leftOut.forEach((what, why) -> out.println("left out: " + what + ": " + why));
        List<ForwardResult> results = new ArrayList<>();
        for (ForwardPlan.Point point : points) {
            if (points.size() > 1) {
                out.println((results.size() + 1) + " of " + points.size() + ": "
                        + point.setup().label());
            }
            results.add(new ForwardBench(point.setup(), point.cases(), most, out)
                    .run(launches.number(), plan.command(point)));
        }
        ForwardTable.print(results, out);
        boolean single = results.size() == 1;
        String command = single ? results.getFirst().command() : plan.command();
        files.write(
                single ? results.getFirst() : ForwardMatrix.of(command, results, leftOut),
                () -> ForwardPage.of(command, results, leftOut));
        return 0;
    }

    private String or(@Nullable String given, String usual, String all) {
        return given != null ? given : matrix ? all : usual;
    }
}
