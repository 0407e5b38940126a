package io.twinport.perf.scale;

import io.twinport.perf.launch.Rig;
import io.twinport.perf.launch.TestpmdPrompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One launch of {@code dpdk-testpmd} over as many devices as a process of ours has failover ports. */
final class TestpmdLaunch {
    private TestpmdLaunch() {}

    static ScaleSample measure(ScaleCase what, ScaleSetup setup) {
        try (TestpmdPrompt testpmd = new TestpmdPrompt(arguments(what, setup), setup.limit())) {
            testpmd.say("start");
            return new ScaleMeter(
                            testpmd.pid(),
                            testpmd.startedAt(),
                            () -> Arrays.stream(testpmd.sent(what.ports()))
                                    .limit(what.busy())
                                    .allMatch(sent -> sent > 0),
                            () -> Arrays.stream(testpmd.sent(what.ports())).sum())
                    .measure(setup, "");
        }
    }

    private static List<String> arguments(ScaleCase what, ScaleSetup setup) {
        List<String> arguments = new ArrayList<>(setup.rig().ealOfC("testpmd", setup.pollCpus(what.loops())));
        for (int port = 0; port < what.ports(); port++) {
            arguments.add("--vdev=" + what.primary(port));
        }
        arguments.addAll(List.of(
                "--",
                "-i",
                "--nb-cores=" + what.loops(),
                "--forward-mode=io",
                "--port-topology=loop",
                "--no-lsc-interrupt",
                "--burst=" + ScaleSetup.BURST,
                "--rxq=" + what.queues(),
                "--txq=" + what.queues(),
                "--total-num-mbufs=" + Rig.MBUFS,
                "--mbcache=" + Rig.MBUF_CACHE,
                "--rxd=" + Rig.DESCRIPTORS,
                "--txd=" + Rig.DESCRIPTORS));
        return arguments;
    }
}
