package io.twinport.control.run;

import io.twinport.control.Engine;
import io.twinport.control.Pause;
import io.twinport.control.hotplug.Membership;
import io.twinport.control.hotplug.SideLife;
import io.twinport.control.hotplug.SidePlan;
import io.twinport.control.hotplug.Watchdog;
import io.twinport.control.kernel.InterfaceAddresses;
import io.twinport.control.kernel.Tap;
import io.twinport.control.metrics.Metrics;
import io.twinport.dataplane.Offloads;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.announce.FrameSender;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortMonitor;
import io.twinport.dataplane.handler.Generate;
import io.twinport.dataplane.handler.Reflect;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.member.Member;
import io.twinport.dataplane.member.PortConfiguration;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One failover port of a run, from start to end. Either side may be missing at the start (R21, R39), and come later. */
final class PortRun {
    /** After that a probe has made its device and waits. */
    private static final int PROBE_MILLIS = 150;

    private final Engine engine;
    private final int id;
    private final PortPlan plan;
    private final Lock devices;
    private final RunLog log;
    private final PortCounters counters;
    private final PortQueues queues;
    private final @Nullable Tap tap;
    private final Watchdog watchdog;
    private final long events;
    private final List<SideLife> lives = new ArrayList<>();
    private @Nullable Joining joining;
    private volatile long sourceMac;

    /** What a port has from when its poll loop is known. */
    private record Joining(PortConfiguration configuration, PortAnnouncer announcer, PortMonitor monitor) {}

    /**
     * Makes the port and adds its queues to the loops, which are not made yet.
     *
     * @param devices held while EAL's list of devices changes
     * @param hangs told what cannot be given back; does not return
     */
    PortRun(Engine engine, PollLoops loops, int id, PortPlan plan, Lock devices, RunLog log, Consumer<String> hangs) {
        this.engine = engine;
        this.id = id;
        this.plan = plan;
        this.devices = devices;
        this.log = log;
        RunSettings settings = plan.settings();
        this.watchdog = new Watchdog(settings.releaseTime(), hangs);
        this.events =
                Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();
        this.counters = PortCounters.ofQueues(engine.cnc().counters(), id, settings.queues());
        this.queues = new PortQueues(engine, loops, id, settings.queues(), events, counters, settings.port());
        this.tap = plan.handler() instanceof HandlerSpec.Tap spec
                ? Tap.start(spec.name(), engine, queues.ports().getFirst())
                : null;
        for (int q = 0; q < settings.queues(); q++) {
            queues.handle(handler(plan.handler(), q));
        }
    }

    /** Makes what needs the loops, which do not run yet. */
    void prepare() {
        RunSettings settings = plan.settings();
        PortConfiguration configuration =
                new PortConfiguration("twinport." + id, engine.pool(), events, queues.places(), Offloads.NONE);
        configure(configuration, settings.configuration());
        Optional<InterfaceAddresses> addresses = plan.handler() instanceof HandlerSpec.Tap spec
                ? Optional.of(new InterfaceAddresses(spec.name()))
                : Optional.empty();
        PortAnnouncer announcer = new PortAnnouncer(
                settings.announce(),
                configuration::mac,
                addresses,
                new FrameSender(queues.places().getFirst(), engine.pool()));
        PortMonitor monitor = new PortMonitor(
                id,
                engine.cnc().counters(),
                queues.places().getFirst(),
                counters,
                settings.detection(),
                engine.conductor(),
                announcer::announceOnce);
        joining = new Joining(configuration, announcer, monitor);
        engine.conductor().add(id, monitor);
        engine.conductor().add(id, log);
        engine.conductor().add(id, announcer);
        if (tap != null) {
            engine.conductor().add(id, tap);
        }
    }

    void show(Metrics metrics) {
        PortMonitor monitor = Objects.requireNonNull(joining).monitor();
        engine.conductor().add(id, metrics.add(plan.name(), counters, monitor.statistics(), monitor::standbyHealth));
    }

    /** Before any device is there, so that the first one has it all when it joins. */
    private void configure(PortConfiguration configuration, PortSpec port) {
        configuration.setLog(log::say);
        PortAddress.given(plan.sides()).ifPresent(configuration::identify);
        port.mac().ifPresent(configuration::setMac);
        configuration.setMtu(port.mtu());
        configuration.setFilter(port.filter());
        if (tap != null) {
            tap.setMtu(port.mtu());
        }
    }

    /** Sets the sides going, one after the other; {@link #lives} tells when they have joined. */
    void attach() {
        configuration().mac().ifPresent(this::useMac);
        for (SideSpec spec : plan.sides()) {
            SideLife life = new SideLife(new Plan(spec), spec.slot(), devices, log::say);
            watchdog.watch(spec.role() + " " + spec.name(), life::isWantedBack);
            lives.add(life);
        }
        watchdog.start();
        for (SideLife life : lives) {
            life.start();
            // EAL's list of devices has no lock: the next probe begins when this one is over, or waits for its far end.
            Pause.until(() -> life.first().isDone() || life.phase() == SideLife.Phase.ABSENT, PROBE_MILLIS);
        }
    }

    List<SideLife> lives() {
        return lives;
    }

    /** Says which sides have not come yet, and that of any that cannot. */
    void sayWhoIsAwaited() {
        for (SideLife life : lives) {
            if (!life.first().isDone()) {
                log.say("waiting for " + waitsFor(life));
                life.first().exceptionally(e -> {
                    log.say(life.plan().role() + " cannot join: " + e.getMessage());
                    return null;
                });
            }
        }
    }

    private static String waitsFor(SideLife life) {
        SidePlan plan = life.plan();
        String side = "the " + plan.role() + " " + plan.name();
        if (life.phase() == SideLife.Phase.ABSENT) {
            return side + " to be plugged in: there is no such PCI device yet";
        }
        return side
                + ((Plan) plan)
                        .spec
                        .serverSocket()
                        .map(path -> ": its far end has to connect to " + path)
                        .orElse(": its driver's probe has not returned");
    }

    void sayReady(String pollers) {
        log.say("ready"
                + configuration().mac().map(known -> ", MAC address " + known).orElse("") + ", " + pollers
                + "; Ctrl-C ends it");
    }

    PortPlan plan() {
        return plan;
    }

    /**
     * Takes the sides away; the loops still run.
     *
     * @return false if a device could not be removed
     */
    boolean leave() {
        log.end();
        Joining made = joining;
        if (made != null) {
            made.monitor().end();
            made.announcer().end();
        }
        boolean clean = true;
        for (SideLife life : lives) {
            clean &= life.stop();
        }
        watchdog.close();
        return clean;
    }

    /** After the loops have ended. */
    void close() {
        if (tap != null) {
            tap.close();
        }
    }

    /** What happened, in a few lines. */
    void summary(PrintStream out) {
        new PortSummary(out, log, counters, Objects.requireNonNull(joining).monitor()).print();
        if (tap != null) {
            out.printf("not taken by the kernel %d%n", tap.dropped());
        }
        lives.forEach(life -> PortSummary.printReleases(out, life));
    }

    /** How a side's devices join this port. */
    private final class Plan implements SidePlan {
        private final SideSpec spec;

        Plan(SideSpec spec) {
            this.spec = spec;
        }

        @Override
        public String role() {
            return spec.role();
        }

        @Override
        public String name() {
            return spec.name();
        }

        @Override
        public SideDevice open() {
            return spec.open(configuration().mac(), engine.kernelLinks());
        }

        @Override
        public void admit(SideDevice dev) {
            configuration().admit(spec.side(), dev, spec.adoptsMac());
        }

        @Override
        public Membership join(SideDevice dev) {
            long takenBefore = counters.sentBy(spec.side());
            Member member = configuration().join(spec.side(), dev, spec.adoptsMac());
            configuration().mac().ifPresent(PortRun.this::useMac);
            return new PortMember(
                    member, engine.conductor(), Objects.requireNonNull(joining).monitor(), counters, takenBefore);
        }
    }

    private PortConfiguration configuration() {
        return Objects.requireNonNull(joining).configuration();
    }

    private void useMac(MacAddress mac) {
        sourceMac = mac.value();
        queues.port().mac(mac);
        if (tap != null) {
            tap.setMac(mac);
        }
    }

    private PacketHandler handler(HandlerSpec spec, int queue) {
        PacketPort port = queues.ports().get(queue);
        return switch (spec) {
            case HandlerSpec.Reflect() -> new Reflect(port);
            case HandlerSpec.Sink() -> new Sink(port);
            case HandlerSpec.Generate(long rate, long destination) -> generate(port, queue, rate, destination);
            case HandlerSpec.Tap ignored -> Objects.requireNonNull(tap).handler();
        };
    }

    /** The rate is the port's: each queue has its share of it, and of the numbers. */
    private PacketHandler generate(PacketPort port, int queue, long rate, long destination) {
        int count = queues.ports().size();
        long share = rate / count + (queue < rate % count ? 1 : 0);
        return rate > 0 && share == 0
                ? new Sink(port)
                : new Generate(port, () -> sourceMac, destination, share, queue, count);
    }
}
