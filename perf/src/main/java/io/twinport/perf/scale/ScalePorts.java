package io.twinport.perf.scale;

import io.twinport.dataplane.Sides;

import io.twinport.control.Engine;
import io.twinport.control.run.QueueHandlers;
import io.twinport.dataplane.EthSide;
import io.twinport.dataplane.Lcore;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PollLoop;
import io.twinport.dataplane.PollMember;
import io.twinport.dataplane.PortQueue;
import io.twinport.dataplane.Side;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounters;
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
    private final List<PollMember> members = new ArrayList<>();
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
        queues.add(first);
        members.add(first);
        for (int q = 1; q < what.queues(); q++) {
            FailoverQueue queue = new FailoverQueue(first, ofPort.queue(q), engine.newPortEvents());
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
        List<PortQueue> places = IntStream.range(port * what.queues(), (port + 1) * what.queues())
                .mapToObj(i -> new PortQueue(loops.get(i % loops.size()), i / loops.size()))
                .toList();
        Side side = Side.join(new EthSide(dev), engine.pool(), events.get(port), places, place);
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
        long byPrimary =
                counters.stream().mapToLong(PortCounters::sentByPrimary).sum();
        long byStandby =
                counters.stream().mapToLong(PortCounters::sentByStandby).sum();
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
