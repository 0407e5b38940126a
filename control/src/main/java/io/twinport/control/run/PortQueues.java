package io.twinport.control.run;

import io.twinport.control.Engine;
import io.twinport.dataplane.Lcore;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PollLoop;
import io.twinport.dataplane.PollMember;
import io.twinport.dataplane.PortQueue;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The queues of a failover port and the poll loops that poll them: with n CPUs queue q is polled on the (q mod n)-th. The
 * first queue is the port itself, which decides; the others follow it.
 */
final class PortQueues {
    private final Engine engine;
    private final PortSettings settings;
    private final FailoverPort port;
    private final List<PacketPort> ports = new ArrayList<>();
    private final List<PollMember> members = new ArrayList<>();
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<PacketHandler> handlers = new ArrayList<>();
    private final List<Lcore> lcores = new ArrayList<>();

    /** @param events address of the port's event line */
    PortQueues(Engine engine, int id, int queues, long events, PortCounters counters, PortSettings settings) {
        this.engine = engine;
        this.settings = settings;
        this.port = new FailoverPort(id, events, counters, engine.newPortEvents(), settings);
        ports.add(engine.forHandler(id, port));
        members.add(port);
        for (int q = 1; q < queues; q++) {
            FailoverQueue queue = new FailoverQueue(port, counters.queue(q), engine.newPortEvents());
            ports.add(queue);
            members.add(queue);
        }
    }

    /** The queue that decides. */
    FailoverPort port() {
        return port;
    }

    /** Where the handler of each queue receives and sends. */
    List<PacketPort> ports() {
        return ports;
    }

    /**
     * Makes the loops.
     *
     * @param each a handler for each queue
     */
    void handle(List<PacketHandler> each) {
        int count = Math.min(ports.size(), engine.pollCpus().size());
        for (int l = 0; l < count; l++) {
            int first = l;
            int[] mine = IntStream.range(0, ports.size())
                    .filter(q -> q % count == first)
                    .toArray();
            PacketHandler handler =
                    QueueHandlers.of(IntStream.of(mine).mapToObj(each::get).toList());
            handlers.add(handler);
            loops.add(engine.newLoop(
                    l == 0 ? "poll" : "poll-" + l,
                    handler,
                    IntStream.of(mine).mapToObj(members::get).toList()));
        }
    }

    /** Sets the loops going; returns when all run. */
    void run() {
        Iterator<Integer> cpus = engine.pollCpus().iterator();
        for (int l = 0; l < loops.size(); l++) {
            lcores.add(engine.run(loops.get(l), handlers.get(l), cpus.next()));
        }
    }

    /** Has the JIT see all that may happen, while the loops run. Takes a control CPU, so not while devices are brought up. */
    void warmUp() {
        engine.warmUpMeanwhile(settings, ports.size());
    }

    /** Where each queue is polled, for those that join; the first one decides. */
    List<PortQueue> places() {
        return IntStream.range(0, ports.size())
                .mapToObj(q -> new PortQueue(loops.get(q % loops.size()), q / loops.size()))
                .toList();
    }

    /** CPUs that poll. */
    List<Integer> cpus() {
        return engine.pollCpus().stream().limit(loops.size()).toList();
    }

    /** Ends the loops. */
    void close() {
        lcores.forEach(Lcore::close);
    }
}
