package io.twinport.perf.virtio;

import io.twinport.perf.launch.Launches;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.report.ResultFiles;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code twinport bench virtio}. */
@Command(
        name = "virtio",
        description = "Time for a frame of our virtio driver over vhost-user, beside DPDK's net_virtio_user in four"
                + " variants; the far end is DPDK's vhost, on the same CPU. Launches alternate.",
        mixinStandardHelpOptions = true)
public final class VirtioCommand implements Callable<Integer> {
    @Mixin
    Launches launches = new Launches();

    @Mixin
    ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException {
        int rounds = launches.number();
        files.check();
        String command = "./twinport bench virtio --launches " + rounds;
        VirtioResult result = new VirtioBench(Rig.ofThisMachine(), files.text()).run(rounds, command);
        files.write(result, () -> VirtioPage.of(result));
        return 0;
    }
}
