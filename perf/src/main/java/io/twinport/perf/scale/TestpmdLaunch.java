package io.twinport.perf.scale;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.ResidentMemory;
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
            long firstAt = awaitFirst(testpmd, what, setup);
            Pause.millis(setup.warmUp().toMillis());
            int cpu = setup.rig().pollCpu();
            long waited = CpuWait.nanos(testpmd.pid(), cpu);
            long begin = System.nanoTime();
            long before = sent(testpmd, what);
            Pause.millis(setup.measured().toMillis());
            long end = System.nanoTime();
            long frames = sent(testpmd, what) - before;
            waited = CpuWait.nanos(testpmd.pid(), cpu) - waited;
            return new ScaleSample(
                    frames,
                    end - begin,
                    waited,
                    firstAt - testpmd.startedAt(),
                    ResidentMemory.kilobytes(testpmd.pid()),
                    "");
        }
    }

    private static long sent(TestpmdPrompt testpmd, ScaleCase what) {
        return Arrays.stream(testpmd.sent(what.ports())).sum();
    }

    /** When each busy port has been seen to have sent a frame. */
    private static long awaitFirst(TestpmdPrompt testpmd, ScaleCase what, ScaleSetup setup) {
        if (!Pause.until(
                () -> Arrays.stream(testpmd.sent(what.ports()))
                        .limit(what.busy())
                        .allMatch(sent -> sent > 0),
                setup.limit().toMillis())) {
            throw new UserException("testpmd does not forward: not each of its busy ports has sent a frame");
        }
        return System.nanoTime();
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
