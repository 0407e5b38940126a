package io.twinport.perf.latency;

import io.twinport.control.Engine;
import io.twinport.control.Pause;
import io.twinport.control.cli.Commands;
import io.twinport.dataplane.Lcore;
import io.twinport.dataplane.PollLoop;
import io.twinport.dataplane.Side;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortEvents;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.perf.forward.IoForward;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One launch of ours: the product's loop, port and engine forward from a {@code net_null} to itself. */
final class LoopChild {
    private static final int BURST = 32;

    /** For whoever reads the lines to look at the loop's thread. */
    private static final int LOOK_MILLIS = 100;

    private static final List<String> DEVICES = List.of("net_null0,size=64", "net_null1,no-rx=1");

    private LoopChild() {}

    public static void main(String[] arguments) throws IOException {
        LoopSetup setup = LoopSetup.parse(List.of(arguments));
        // Where the product has it too: on a disk its pages would be written back from under the loop.
        Path cnc =
                Path.of("/dev/shm", "twinport-bench-" + ProcessHandle.current().pid() + ".cnc");
        try (Engine engine = Engine.start(setup.rig().eal(), cnc, Rig.MBUFS)) {
            run(engine, setup);
        } catch (RuntimeException e) {
            if (!Commands.isToMend(e)) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(2);
        } finally {
            Files.deleteIfExists(cnc);
        }
    }

    private static void run(Engine engine, LoopSetup setup) throws IOException {
        long events =
                Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();
        FailoverPort port = new FailoverPort(
                0,
                events,
                new PortCounters(engine.cnc().counters(), 0),
                new PortEvents(engine.cnc().events()));
        TimedPasses passes = new TimedPasses(new IoForward(port, BURST));
        PollLoop loop = engine.newLoop("poll", passes, List.of(port));
        engine.warmUp(port.settings(), 1);
        Lcore lcore = engine.run(loop, passes, engine.pollCpu());
        List<Side> sides = new ArrayList<>();
        for (String devargs : DEVICES) {
            int place = FailoverPolicy.PRIMARY + sides.size();
            Side side = Side.join(EthDev.probe(devargs), engine.pool(), events, loop, 0, place);
            engine.conductor().watch(side);
            sides.add(side);
        }
        System.out.println(Eal.version());
        try (Garbage _ = new Garbage(setup.allocated())) {
            Pause.millis(setup.warmUp().toMillis());
            System.out.println(LoopLaunch.BEGIN);
            passes.record(true);
            Pause.millis(setup.measured().toMillis());
            passes.record(false);
            System.out.println(LoopLaunch.MEASURED);
            Pause.millis(LOOK_MILLIS);
        }
        for (Side side : sides) {
            engine.conductor().unwatch(side);
            side.remove();
        }
        lcore.close();
        passes.passes()
                .recordedValues()
                .forEach(value -> System.out.println(
                        LoopLaunch.PASS + value.getValueIteratedTo() + " " + value.getCountAtValueIteratedTo()));
        System.out.println(Launch.END);
        while (System.in.read() >= 0) {
            // Whoever reads the lines ends it.
        }
    }
}
