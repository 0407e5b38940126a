package io.twinport.control.run;

import io.twinport.control.Engine;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PollMember;
import io.twinport.dataplane.PortQueue;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import java.util.ArrayList;
import java.util.List;

/** The queues of a failover port. The first one is the port itself, which decides; the others follow it. */
final class PortQueues {
    private final FailoverPort port;
    private final PollLoops loops;
    private final List<PacketPort> ports = new ArrayList<>();
    private final List<PollMember> members = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();

    /** @param events address of the port's event line */
    PortQueues(
            Engine engine,
            PollLoops loops,
            int id,
            int queues,
            long events,
            PortCounters counters,
            PortSettings settings) {
        this.loops = loops;
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

    /** Has the next queue polled; once for each of them, in order. */
    void handle(PacketHandler handler) {
        numbers.add(loops.add(members.get(numbers.size()), handler));
    }

    /** Where each queue is polled, for devices that join; the first one decides. */
    List<PortQueue> places() {
        return numbers.stream().map(loops::place).toList();
    }
}
