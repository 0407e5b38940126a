package io.twinport.perf.virtio;

import io.twinport.control.cli.Bounds;
import io.twinport.perf.launch.Launches;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport bench virtio}. */
@Command(
        name = "virtio",
        description =
                "Time for a frame of our virtio driver over vhost-user, by a packed and by a split ring, beside"
                        + " DPDK's net_virtio_user in four variants; the far end is DPDK's vhost, on the same CPU. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class VirtioCommand implements Callable<Integer> {
    static final int ROUNDS = 9;

    private static final int MOST_ROUNDS = 10_000;

    @Mixin
    Launches launches = new Launches();

    @Bounds(least = 1, most = MOST_ROUNDS)
    @Option(
            names = "--rounds",
            defaultValue = "9",
            paramLabel = "N",
            description =
                    "Rounds of each load in a launch, of which the least counts: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int rounds;

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        int number = launches.number();
        files.check();
        String command = "./twinport bench virtio --launches " + number + " --rounds " + rounds;
        VirtioResult result = new VirtioBench(Rig.ofThisMachine(), rounds, files.text()).run(number, command);
        files.write(result, () -> VirtioPage.of(result));
        return 0;
    }
}
