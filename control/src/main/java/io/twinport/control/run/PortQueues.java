package io.twinport.control.run;

import io.twinport.control.kernel.Tap;
import io.twinport.control.pcap.Capture;
import io.twinport.control.plan.HandlerSpec;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.RunSettings;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.PollLoops;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.handler.Generate;
import io.twinport.dataplane.handler.Reflect;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What of a failover port is polled: its queues and their handlers.
 */
final class PortQueues implements AutoCloseable {
    private final PollLoops loops;
    private final long events;
    private final PortCounters counters;
    private final FailoverPort port;
    private final @Nullable Tap tap;
    private final List<FailoverQueue> queues = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private volatile long sourceMac;

    /**
     * Adds the queues to the loops, which are not made yet.
     *
     * @param id the port's number
     */
    PortQueues(Engine engine, PollLoops loops, int id, PortPlan plan) {
        this.loops = loops;
        RunSettings settings = plan.settings();
        int count = settings.queues();
        this.events = EventLine.allocate();
        engine.cnc().counters().newCounter("port " + id + " name " + plan.name());
        this.counters = PortCounters.ofQueues(engine.cnc().counters(), id, count);
        this.port = new FailoverPort(id, events, counters, engine.newPortEvents(), settings.port());
        engine.flightRecorder(id).ifPresent(port.queue(0)::record);
        queues.add(port.queue(0));
        for (int q = 1; q < count; q++) {
            queues.add(port.addQueue(counters.queue(q), engine.newPortEvents()));
        }
        this.tap = plan.handler() instanceof HandlerSpec.Tap(String name, boolean offloads)
                ? Tap.start(name, engine, queues, offloads)
                : null;
        for (int q = 0; q < count; q++) {
            FailoverQueue queue = queues.get(q);
            numbers.add(loops.add(queue, handler(plan.handler(), queue, q, count)));
        }
    }

    private PacketHandler handler(HandlerSpec spec, PacketPort queue, int number, int count) {
        return switch (spec) {
            case HandlerSpec.Reflect() -> new Reflect(queue);
            case HandlerSpec.Sink() -> new Sink(queue);
            case HandlerSpec.Generate(long rate, long destination) -> generate(queue, number, count, rate, destination);
            case HandlerSpec.Tap ignored -> Objects.requireNonNull(tap).handler(number);
        };
    }

    /** The rate is the port's: each queue has its share of it, and of the numbers. */
    private PacketHandler generate(PacketPort queue, int number, int count, long rate, long destination) {
        long share = rate / count + (number < rate % count ? 1 : 0);
        return rate > 0 && share == 0
                ? new Sink(queue)
                : new Generate(queue, () -> sourceMac, destination, share, number, count);
    }

    /** Address of the {@link EventLine} of both sides. */
    long events() {
        return events;
    }

    PortCounters counters() {
        return counters;
    }

    /** The kernel interface that handles the port's frames. */
    Optional<Tap> tap() {
        return Optional.ofNullable(tap);
    }

    /** Where each queue is polled, for devices that join; the first one decides. Once the loops are made. */
    List<LoopProxy> proxies() {
        return numbers.stream().map(loops::proxy).toList();
    }

    /** Whether a loop polls one of the queues. */
    boolean isPolledBy(PollLoop loop) {
        return proxies().stream().anyMatch(proxy -> proxy.epoch() == loop.epoch());
    }

    /** The queues, for a capture. Once the loops are made. */
    List<Capture.Queue> captured() {
        return IntStream.range(0, queues.size())
                .mapToObj(q -> new Capture.Queue(loops.proxy(numbers.get(q)), queues.get(q)))
                .toList();
    }

    /** Tells the queues and their handlers the port's address. */
    void useMac(MacAddress mac) {
        sourceMac = mac.value();
        port.mac(mac);
        tap().ifPresent(kernel -> kernel.setMac(mac));
    }

    /** Takes the kernel's interface away. The loops have ended, or were never run. */
    @Override
    public void close() {
        tap().ifPresent(Tap::close);
    }
}
