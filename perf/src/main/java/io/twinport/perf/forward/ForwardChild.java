package io.twinport.perf.forward;

import io.twinport.control.Engine;
import io.twinport.control.Pause;
import io.twinport.control.cli.Commands;
import io.twinport.dataplane.BarePort;
import io.twinport.dataplane.Lcore;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PollLoop;
import io.twinport.dataplane.PollMember;
import io.twinport.dataplane.Side;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortEvents;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.Rig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One launch of ours, a process of its own: the product's poll loop on its core forwards from a device to itself. Prints
 * one line, {@code forwarded PACKETS NANOS WAITED DPDK}.
 */
final class ForwardChild {
    static final String RESULT = "forwarded ";

    private static final int LOOK_MILLIS = 1;

    private final Engine engine;
    private final ForwardSetup setup;

    private ForwardChild(Engine engine, ForwardSetup setup) {
        this.engine = engine;
        this.setup = setup;
    }

    /** Arguments that {@link #main} understands. */
    static List<String> arguments(ForwardCase what, ForwardSetup setup) {
        return List.of(
                what.name(),
                setup.rig().toText(),
                "" + setup.packets(),
                "" + setup.warmUp().toMillis());
    }

    public static void main(String[] arguments) throws IOException {
        ForwardSetup setup = new ForwardSetup(
                Rig.parse(arguments[1]), Long.parseLong(arguments[2]), Duration.ofMillis(Long.parseLong(arguments[3])));
        try {
            Sample sample = measure(ForwardCase.valueOf(arguments[0]), setup);
            System.out.println(
                    RESULT + sample.packets() + " " + sample.nanos() + " " + sample.waited() + " " + sample.dpdk());
        } catch (RuntimeException e) {
            if (!Commands.isToMend(e)) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static Sample measure(ForwardCase what, ForwardSetup setup) throws IOException {
        // Where the product has it too: on a disk its pages would be written back from under the loop.
        Path cnc =
                Path.of("/dev/shm", "twinport-bench-" + ProcessHandle.current().pid() + ".cnc");
        try (Engine engine = Engine.start(setup.rig().eal(), cnc, Rig.MBUFS)) {
            return new ForwardChild(engine, setup).run(what);
        } finally {
            Files.deleteIfExists(cnc);
        }
    }

    private Sample run(ForwardCase what) {
        if (what == ForwardCase.BARE) {
            return forward(new BarePort(), 0, List.of("net_null0"));
        }
        long events =
                Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();
        PortCounters counters = new PortCounters(engine.cnc().counters(), 0);
        FailoverPort port = new FailoverPort(
                0, events, counters, new PortEvents(engine.cnc().events()));
        // An idle net_null that yields 32 frames at each look would measure itself.
        Sample sample = forward(port, events, List.of("net_null0", "net_null1,no-rx=1"));
        if (counters.sentByPrimary() < sample.packets() || counters.sentByStandby() != 0) {
            throw new DpdkException("the failover port has not stayed on its primary: " + counters.sentByPrimary()
                    + " frames sent by it, " + counters.sentByStandby() + " by the standby");
        }
        return sample;
    }

    /** Forwards on the first of the devices; the first joins as primary, the second as standby. */
    private <P extends PacketPort & PollMember> Sample forward(P port, long events, List<String> devargs) {
        IoForward handler = new IoForward(port);
        PollLoop loop = engine.newLoop("poll", handler, List.of(port));
        Lcore lcore = engine.run(loop, handler, engine.pollCpu());
        List<EthDev> devs = devargs.stream().map(EthDev::probe).toList();
        List<Side> sides = new ArrayList<>();
        for (EthDev dev : devs) {
            int place = FailoverPolicy.PRIMARY + sides.size();
            Side side = Side.join(dev, engine.pool(), events, loop, 0, place);
            engine.conductor().watch(side);
            sides.add(side);
        }
        Sample sample = measure(devs.getFirst());
        for (Side side : sides) {
            engine.conductor().unwatch(side);
            side.remove();
        }
        lcore.close();
        if (engine.pool().available() != engine.pool().size()) {
            throw new DpdkException("of " + engine.pool().size() + " mbufs only "
                    + engine.pool().available() + " are back in the pool");
        }
        return sample;
    }

    /** As testpmd is measured: by the driver's counter, read twice, by another thread than the one that forwards. */
    private Sample measure(EthDev dev) {
        Pause.millis(setup.warmUp().toMillis() / 2);
        dev.stats(); // the first call loads classes
        Pause.millis(setup.warmUp().toMillis() / 2);
        long deadline = System.nanoTime() + setup.limit().toNanos();
        long pid = ProcessHandle.current().pid();
        long waited = CpuWait.nanos(pid, setup.rig().pollCpu());
        long begin = System.nanoTime();
        long sentBefore = dev.stats().txFrames();
        while (true) {
            Pause.millis(LOOK_MILLIS);
            long now = System.nanoTime();
            long sent = dev.stats().txFrames() - sentBefore;
            if (sent >= setup.packets()) {
                return new Sample(
                        sent, now - begin, CpuWait.nanos(pid, setup.rig().pollCpu()) - waited, Eal.version());
            }
            if (now > deadline) {
                throw new DpdkException("only " + sent + " of " + setup.packets() + " frames were forwarded in time");
            }
        }
    }
}
