package io.twinport.perf.scale;

import io.twinport.perf.launch.Session;
import io.twinport.perf.launch.TestpmdCommand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One launch of {@code dpdk-testpmd} over as many devices as a process of ours has failover ports. */
final class TestpmdLaunch {
    private TestpmdLaunch() {}

    static ScaleSample measure(ScaleCase what, ScaleSetup setup) {
        List<String> command = command(what, setup);
        long startedAt = System.nanoTime();
        try (Session testpmd = Session.start("dpdk-testpmd", command)) {
            testpmd.say("start");
            return new ScaleMeter(
                            testpmd.pid(),
                            startedAt,
                            () -> Arrays.stream(sent(testpmd, what, setup))
                                    .limit(what.busy())
                                    .allMatch(sent -> sent > 0),
                            () -> Arrays.stream(sent(testpmd, what, setup)).sum())
                    .measure(setup, "");
        }
    }

    /** Frames that the driver of each device has counted as sent. */
    private static long[] sent(Session testpmd, ScaleCase what, ScaleSetup setup) {
        testpmd.say("show port stats all");
        long[] sent = new long[what.ports()];
        Arrays.setAll(sent, device -> testpmd.awaitNumber(TestpmdCommand.SENT, setup.limit()));
        return sent;
    }

    private static List<String> command(ScaleCase what, ScaleSetup setup) {
        List<String> eal = new ArrayList<>(setup.rig().ealOfC("testpmd", setup.pollCpus(what.loops())));
        for (int port = 0; port < what.ports(); port++) {
            eal.add("--vdev=" + what.primary(port));
        }
        return TestpmdCommand.of(
                eal,
                "io",
                ScaleSetup.BURST,
                List.of("--nb-cores=" + what.loops(), "--rxq=" + what.queues(), "--txq=" + what.queues()));
    }
}
