package io.twinport.perf.scale;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.handler.QueueHandlers;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.perf.load.IoForward;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The failover ports of one process, each over two devices, on the loops that poll their queues. */
final class ScalePorts implements AutoCloseable {
    private final Engine engine;
    private final ScaleCase what;
    private final List<PacketPort> queues = new ArrayList<>();
    private final List<PolledQueue> members = new ArrayList<>();
    private final List<Long> events = new ArrayList<>();
    private final List<PortCounters> counters = new ArrayList<>();
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<Lcore> lcores = new ArrayList<>();
    private final List<EthDev> primaries = new ArrayList<>();
    private final List<Side> sides = new ArrayList<>();

    /** Makes the ports and sets the loops going, then brings the devices. */
    ScalePorts(Engine engine, ScaleCase what, List<Integer> cpus) {
        this.engine = engine;
        this.what = what;
        for (int port = 0; port < what.ports(); port++) {
            make(port);
        }
        for (int l = 0; l < what.loops(); l++) {
            loop(l, cpus.get(l));
        }
        for (int port = 0; port < what.ports(); port++) {
            EthDev primary = EthDev.probe(what.primary(port));
            primaries.add(primary);
            join(port, Sides.PRIMARY, primary);
            join(port, Sides.STANDBY, EthDev.probe(ScaleCase.standby(port)));
        }
    }

    private void make(int port) {
        long line = EventLine.allocate();
        events.add(line);
        PortCounters ofPort = PortCounters.ofQueues(engine.cnc().counters(), port, what.queues());
        counters.add(ofPort);
        FailoverPort first = new FailoverPort(port, line, ofPort, engine.newPortEvents());
        for (int q = 0; q < what.queues(); q++) {
            FailoverQueue queue = q == 0 ? first.queue(0) : first.addQueue(ofPort.queue(q), engine.newPortEvents());
            queues.add(queue);
            members.add(queue);
        }
    }

    /** With n loops the i-th of all queues is on the (i mod n)-th, as the product has it. */
    private void loop(int number, int cpu) {
        int[] mine = IntStream.range(0, queues.size())
                .filter(i -> i % what.loops() == number)
                .toArray();
        PacketHandler handler = QueueHandlers.of(IntStream.of(mine)
                .<PacketHandler>mapToObj(i -> new IoForward(queues.get(i), ScaleSetup.BURST))
                .toList());
        PollLoop loop = engine.newLoop(
                "poll-" + number,
                handler,
                IntStream.of(mine).mapToObj(members::get).toList());
        loops.add(loop);
        lcores.add(engine.run(loop, handler, cpu));
    }

    private void join(int port, int place, EthDev dev) {
        List<LoopProxy> queues = IntStream.range(port * what.queues(), (port + 1) * what.queues())
                .mapToObj(i -> loops.get(i % loops.size()).proxy(i / loops.size()))
                .toList();
        Side side = Side.join(new EthSide(dev), engine.pool(), events.get(port), queues, place);
        engine.conductor().watch(side);
        sides.add(side);
    }

    /** Whether each busy port has sent a frame. */
    boolean haveSent() {
        return primaries.stream().limit(what.busy()).allMatch(dev -> dev.stats().txFrames() > 0);
    }

    /** Frames that the drivers of the primaries have counted as sent. */
    long sent() {
        return primaries.stream().mapToLong(dev -> dev.stats().txFrames()).sum();
    }

    /**
     * Checks that all has gone the way that was measured. Not when the devices have begun to leave: then the standbys send.
     *
     * @param least frames that the primaries have sent
     */
    void check(long least) {
        long byPrimary = counters.stream()
                .mapToLong(counters -> counters.get(PortCounter.SENT_BY_PRIMARY))
                .sum();
        long byStandby = counters.stream()
                .mapToLong(counters -> counters.get(PortCounter.SENT_BY_STANDBY))
                .sum();
        if (byPrimary < least || byStandby != 0) {
            throw new DpdkException("the failover ports have not stayed on their primaries: " + byPrimary
                    + " frames sent by these, " + byStandby + " by the standbys");
        }
    }

    /** Takes the devices out and ends the loops. */
    @Override
    public void close() {
        for (Side side : sides) {
            engine.conductor().unwatch(side);
            side.remove();
        }
        lcores.forEach(Lcore::close);
        int missing = engine.pool().size() - engine.pool().available();
        if (missing != 0) {
            throw new DpdkException(missing + " of " + engine.pool().size() + " mbufs are not back in the pool");
        }
    }
}
