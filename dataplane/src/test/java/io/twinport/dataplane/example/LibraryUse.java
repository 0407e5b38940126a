package io.twinport.dataplane.example;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EalArguments;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.posix.Affinity;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/** An application that has a failover port, from its start to its end. The marked parts are in this module's README. */
final class LibraryUse {
    private LibraryUse() {}

    /** Takes the primary out when it has sent, and ends when the standby has. Prints how many mbufs are missing. */
    public static void main(String[] arguments) {
        int cpu = Affinity.ofThisProcess().last();
        Path file = Path.of(arguments[0]);

        // README: port
        Eal.start(new EalArguments(new TreeSet<>(Set.of(cpu)), List.of(), List.of()).withMemoryAtHand(128));
        MbufPool pool = MbufPool.create("packets", 8191);
        CncFile cnc = CncFile.create(file);
        long events = EventLine.allocate();
        PortCounters counters = new PortCounters(cnc.counters(), 0);
        FailoverPort port = new FailoverPort(0, events, counters, new PortEvents(cnc.events()));
        PacketHandler handler = new UnicastOnly(port.queue(0));
        PollLoop loop = new PollLoop("poll", handler, List.of(port.queue(0)), cnc.commands(0));
        Lcore lcore = Lcore.start(cpu, loop, () -> handler.start(pool), Throwable::printStackTrace);
        Side primary = Side.join(EthDev.probe("net_null0"), pool, events, loop.proxy(0), Sides.PRIMARY);
        Side standby = Side.join(EthDev.probe("net_null1"), pool, events, loop.proxy(0), Sides.STANDBY);
        // README: end

        // README: conductor
        Conductor conductor = new Conductor(cnc);
        conductor.watch(primary);
        conductor.watch(standby);
        AgentRunner control =
                new AgentRunner(new SleepingMillisIdleStrategy(1), Throwable::printStackTrace, null, conductor);
        AgentRunner.startOnThread(control);
        // README: end

        Await.until("the primary sends", () -> counters.get(PortCounter.SENT_BY_PRIMARY) > 0);
        remove(conductor, primary);
        Await.until("the standby sends", () -> counters.get(PortCounter.SENT_BY_STANDBY) > 0);
        remove(conductor, standby);
        System.out.println("missing=" + (pool.size() - pool.available()));

        // README: the end
        lcore.close();
        control.close();
        cnc.close();
        pool.close();
        Eal.cleanup();
        // README: end
    }

    private static void remove(Conductor conductor, Side side) {
        conductor.unwatch(side);
        if (!side.remove()) {
            throw new AssertionError("the loop still uses " + side.dev());
        }
    }
}
