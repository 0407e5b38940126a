package io.twinport.perf.load;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A forwarder of ours, in a process of its own: the product's loop, port and engine forward from a device to itself. It does
 * what {@link Forwarder} tells it until its stdin ends.
 */
final class LoopChild {
    private static final long REST_MILLIS = 5000;

    private final Engine engine;
    private final LoopSetup setup;

    private LoopChild(Engine engine, LoopSetup setup) {
        this.engine = engine;
        this.setup = setup;
    }

    public static void main(String[] arguments) throws IOException {
        LoopSetup setup = LoopSetup.parse(List.of(arguments));
        // Where the product has it too: on a disk its pages would be written back from under the loop.
        Path cnc =
                Path.of("/dev/shm", "twinport-bench-" + ProcessHandle.current().pid() + ".cnc");
        try (Engine engine = Engine.start(setup.rig().eal(), cnc, Rig.MBUFS)) {
            new LoopChild(engine, setup).run();
        } catch (RuntimeException e) {
            if (!UserException.isToMend(e)) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(2);
        } finally {
            Files.deleteIfExists(cnc);
        }
    }

    private void run() throws IOException {
        if (setup.devices().size() == 1) {
            forward(new BarePort(), 0);
            return;
        }
        long events = EventLine.allocate();
        PortCounters counters = new PortCounters(engine.cnc().counters(), 0);
        FailoverPort port = new FailoverPort(0, events, counters, engine.newPortEvents());
        engine.warmUp(port.settings(), 1);
        forward(port.queue(0), events);
        if (counters.get(PortCounter.SENT_BY_STANDBY) != 0) {
            throw new DpdkException("the failover port has not stayed on its primary: "
                    + counters.get(PortCounter.SENT_BY_STANDBY) + " frames sent by the standby");
        }
    }

    private <P extends PacketPort & PolledQueue> void forward(P port, long events) throws IOException {
        IoForward forward = new IoForward(port, setup.burst());
        TimedPasses passes = new TimedPasses(forward);
        PollLoop loop = engine.newLoop("poll", setup.timed() ? passes : forward, List.of(port));
        Lcore lcore = engine.run(loop, forward, engine.pollCpu());
        List<Side> sides = new ArrayList<>();
        for (String devargs : setup.devices()) {
            int place = Sides.PRIMARY + sides.size();
            Side side = Side.join(EthDev.probe(devargs), engine.pool(), events, loop.proxy(0), place);
            engine.conductor().watch(side);
            sides.add(side);
        }
        System.out.println(Eal.version());
        System.out.println(Forwarder.RUNNING);
        try (Garbage _ = new Garbage(setup.allocated())) {
            obey(passes);
        }
        for (Side side : sides) {
            engine.conductor().unwatch(side);
            side.remove();
        }
        lcore.close();
        int missing = engine.pool().size() - engine.pool().available();
        if (missing != 0) {
            throw new DpdkException(missing + " of " + engine.pool().size() + " mbufs are not back in the pool");
        }
    }

    private static void obey(TimedPasses passes) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = input.readLine()) != null) {
            switch (line) {
                case Forwarder.RECORD -> passes.record();
                case Forwarder.PASSES -> tell(passes);
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    private static void tell(TimedPasses passes) {
        passes.rest();
        if (!Pause.until(passes::isResting, REST_MILLIS)) {
            throw new DpdkException("the poll loop halts");
        }
        StringBuilder lines = new StringBuilder();
        passes.passes()
                .recordedValues()
                .forEach(value -> lines.append(Forwarder.PASS)
                        .append(' ')
                        .append(value.getValueIteratedTo())
                        .append(' ')
                        .append(value.getCountAtValueIteratedTo())
                        .append('\n'));
        System.out.print(lines);
        System.out.println(Launch.END);
    }
}
