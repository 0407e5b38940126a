package io.twinport.control.run;

import io.twinport.control.Engine;
import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.control.kernel.Tap;
import io.twinport.dataplane.Lcore;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PollLoop;
import io.twinport.dataplane.Side;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortEvents;
import io.twinport.dataplane.handler.Generate;
import io.twinport.dataplane.handler.Reflect;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One failover port from start to end. Either side may be missing at the start (R21, R39), and come later. */
public final class FailoverRun implements SideAttacher.Port {
    /** What a side that is there needs to come up; one that needs longer is waited for while the port runs. */
    private static final int START_MILLIS = 1000;

    /** After that a probe has made its device and waits. */
    private static final int PROBE_MILLIS = 150;

    private static final int PORT = 0;

    private final Engine engine;
    private final PrintStream out;
    private final RunLog log;
    private final PortAddress address;
    private final PortCounters counters;
    private final PollLoop loop;
    private final Lcore lcore;
    private final @Nullable Tap tap;
    private final List<SideAttacher> attachers = new ArrayList<>();
    private final long events;
    private volatile long sourceMac;

    private FailoverRun(
            Engine engine, PortAddress address, HandlerSpec handlerSpec, FailbackSettings failback, PrintStream out) {
        this.engine = engine;
        this.out = out;
        this.address = address;
        this.log = new RunLog(out);
        this.events =
                Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();
        this.counters = new PortCounters(engine.cnc().counters(), PORT);
        FailoverPort port = new FailoverPort(
                PORT, events, counters, new PortEvents(engine.cnc().events()), failback);
        this.tap = handlerSpec instanceof HandlerSpec.Tap spec ? Tap.start(spec.name(), engine, port) : null;
        PacketHandler handler = handler(handlerSpec, port);
        this.loop = engine.newLoop("poll", handler, List.of(port));
        engine.conductor().add(log);
        this.lcore = engine.run(loop, handler, engine.pollCpu());
    }

    /**
     * Makes the port and its poll loop, without sides.
     *
     * @param engine running; the caller closes it after {@link #stop}
     * @param out where lines go
     */
    public static FailoverRun create(
            Engine engine, List<SideSpec> sides, HandlerSpec handler, FailbackSettings failback, PrintStream out) {
        return new FailoverRun(engine, new PortAddress(sides), handler, failback, out);
    }

    /**
     * Brings the sides. Returns when they have joined or it is known what they wait for.
     *
     * @throws UserException and its like if a side cannot be had; {@link #stop} takes back what was done
     */
    public void attach(List<SideSpec> sides) {
        address.get().ifPresent(this::useMac);
        sides.forEach(this::attach);
        awaitSides();
    }

    /** Checks what can be checked before anything is started. */
    public static void check(List<SideSpec> sides) {
        if (sides.isEmpty()) {
            throw new UserException(
                    "give --primary, --standby or both: a DPDK device, for instance --primary 0000:05:00.0"
                            + " --standby net_virtio_user0,path=/run/standby.sock,server=1");
        }
        if (sides.size() == 2 && sides.getFirst().name().equals(sides.getLast().name())) {
            throw new UserException(
                    "--primary and --standby are both " + sides.getFirst().name()
                            + ": they must be two devices. Number virtual ones differently (net_tap0, net_tap1).");
        }
        new PortAddress(sides);
        sides.forEach(SideSpec::checkDriver);
    }

    /**
     * Takes the sides and the TAP away and ends the poll loop.
     *
     * @return false if a device could not be removed, so that EAL cannot be cleaned up and the process must end
     */
    public boolean stop() {
        log.end();
        boolean clean = true;
        for (SideAttacher attacher : attachers) {
            clean &= attacher.stop();
        }
        lcore.close();
        if (tap != null) {
            tap.close();
        }
        return clean;
    }

    /** What happened, in a few lines. */
    public void summary() {
        log.summary();
        out.printf(
                Locale.ROOT,
                "rx %d, tx %d by the primary + %d by the standby, tx refused %d, rx suppressed on the idle side %d%n",
                counters.received(),
                counters.sentByPrimary(),
                counters.sentByStandby(),
                counters.refused(),
                counters.suppressed());
        if (tap != null) {
            out.printf("not taken by the kernel %d%n", tap.dropped());
        }
        engine.errors().forEach(out::println);
    }

    private void attach(SideSpec spec) {
        SideAttacher attacher = new SideAttacher(spec, address, this, log::say);
        attachers.add(attacher);
        attacher.start();
        // EAL's list of devices has no lock: the next probe begins when this one is over, or waits for its far end.
        Pause.until(() -> attacher.result().isDone(), PROBE_MILLIS);
    }

    /** One side at a time: two that appear together are two threads in DPDK's control calls. */
    @Override
    public synchronized Side join(SideSpec spec, SideDevice dev) {
        address.get().ifPresent(this::useMac);
        Side side = Side.join(dev, engine.pool(), events, loop, PORT, spec.side());
        engine.conductor().watch(side);
        return side;
    }

    @Override
    public boolean leave(Side side) {
        engine.conductor().unwatch(side);
        return side.remove();
    }

    private void useMac(MacAddress mac) {
        sourceMac = mac.value();
        if (tap != null) {
            tap.setMac(mac);
        }
    }

    /** A side that fails now ends the start; one that is still waiting does not, and is told when it fails later. */
    private void awaitSides() {
        long deadline = System.nanoTime() + START_MILLIS * 1_000_000L;
        for (SideAttacher attacher : attachers) {
            Pause.until(
                    () -> attacher.result().isDone() || attacher.phase() == SideAttacher.Phase.ABSENT,
                    Math.max(0, (deadline - System.nanoTime()) / 1_000_000));
        }
        for (SideAttacher attacher : attachers) {
            if (attacher.result().isDone()) {
                try {
                    attacher.result().join();
                } catch (CompletionException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : e;
                }
            }
        }
        for (SideAttacher attacher : attachers) {
            if (!attacher.result().isDone()) {
                log.say("waiting for " + attacher.waitsFor());
                attacher.result().exceptionally(e -> {
                    log.say(attacher.spec().role() + " cannot join: " + e.getMessage());
                    return null;
                });
            }
        }
        Optional<MacAddress> mac = address.get();
        log.say("ready" + mac.map(known -> ", MAC address " + known).orElse("") + ", poll loop on CPU "
                + engine.pollCpu() + "; Ctrl-C ends it");
    }

    private PacketHandler handler(HandlerSpec spec, FailoverPort port) {
        return switch (spec) {
            case HandlerSpec.Reflect() -> new Reflect(port);
            case HandlerSpec.Sink() -> new Sink(port);
            case HandlerSpec.Generate(long rate) -> new Generate(port, () -> sourceMac, rate);
            case HandlerSpec.Tap ignored -> Objects.requireNonNull(tap).handler();
        };
    }
}
