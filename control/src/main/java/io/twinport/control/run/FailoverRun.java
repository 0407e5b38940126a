package io.twinport.control.run;

import io.twinport.control.Engine;
import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.control.hotplug.Membership;
import io.twinport.control.hotplug.Release;
import io.twinport.control.hotplug.SideLife;
import io.twinport.control.hotplug.SidePlan;
import io.twinport.control.hotplug.Watchdog;
import io.twinport.control.kernel.InterfaceAddresses;
import io.twinport.control.kernel.Tap;
import io.twinport.dataplane.Offloads;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.announce.FrameSender;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortMonitor;
import io.twinport.dataplane.failover.PortStatistics;
import io.twinport.dataplane.failover.StandbyHealth;
import io.twinport.dataplane.handler.Generate;
import io.twinport.dataplane.handler.Reflect;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.member.Member;
import io.twinport.dataplane.member.PortConfiguration;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.ProcessEnd;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One failover port from start to end. Either side may be missing at the start (R21, R39), and come later. */
public final class FailoverRun {
    /** What a side that is there needs to come up; one that needs longer is waited for while the port runs. */
    private static final int START_MILLIS = 1000;

    /** After that a probe has made its device and waits. */
    private static final int PROBE_MILLIS = 150;

    private static final int PORT = 0;

    /** Of a process that ended because it could not give a device back. */
    public static final int EXIT_NOT_RELEASED = 3;

    private final Engine engine;
    private final PrintStream out;
    private final RunLog log;
    private final PortConfiguration configuration;
    private final PortCounters counters;
    private final PortQueues queues;
    private final PortAnnouncer announcer;
    private final PortMonitor monitor;
    private final @Nullable Tap tap;
    private final List<SideLife> lives = new ArrayList<>();
    private final Lock devices = new ReentrantLock();
    private final Watchdog watchdog;
    private final long events;
    private volatile long sourceMac;

    private FailoverRun(
            Engine engine, List<SideSpec> sides, HandlerSpec handlerSpec, RunSettings settings, PrintStream out) {
        this.engine = engine;
        this.out = out;
        this.log = new RunLog(out);
        this.watchdog = new Watchdog(settings.releaseTime(), this::endProcess);
        this.events =
                Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();
        this.counters = PortCounters.ofQueues(engine.cnc().counters(), PORT, settings.queues());
        this.queues = new PortQueues(engine, PORT, settings.queues(), events, counters, settings.port());
        this.tap = handlerSpec instanceof HandlerSpec.Tap spec
                ? Tap.start(spec.name(), engine, queues.ports().getFirst())
                : null;
        queues.handle(IntStream.range(0, settings.queues())
                .mapToObj(q -> handler(handlerSpec, q))
                .toList());
        this.configuration =
                new PortConfiguration("twinport." + PORT, engine.pool(), events, queues.places(), Offloads.NONE);
        configure(sides, settings.configuration());
        Optional<InterfaceAddresses> addresses = handlerSpec instanceof HandlerSpec.Tap spec
                ? Optional.of(new InterfaceAddresses(spec.name()))
                : Optional.empty();
        this.announcer = new PortAnnouncer(
                settings.announce(),
                configuration::mac,
                addresses,
                new FrameSender(queues.places().getFirst(), engine.pool()));
        this.monitor = new PortMonitor(
                PORT,
                engine.cnc().counters(),
                queues.places().getFirst(),
                counters,
                settings.detection(),
                engine.conductor(),
                announcer::announceOnce);
        engine.conductor().add(monitor);
        engine.conductor().add(log);
        engine.conductor().add(announcer);
        if (tap != null) {
            engine.conductor().add(tap);
        }
        queues.run();
    }

    /**
     * Makes the port and its poll loop, without sides.
     *
     * @param engine running; the caller closes it after {@link #stop}
     * @param out where lines go
     */
    public static FailoverRun create(
            Engine engine, List<SideSpec> sides, HandlerSpec handler, RunSettings settings, PrintStream out) {
        return new FailoverRun(engine, sides, handler, settings, out);
    }

    /** Before any device is there, so that the first one has it all when it joins. */
    private void configure(List<SideSpec> sides, PortSpec port) {
        configuration.setLog(log::say);
        PortAddress.given(sides).ifPresent(configuration::identify);
        port.mac().ifPresent(configuration::setMac);
        configuration.setMtu(port.mtu());
        configuration.setFilter(port.filter());
        if (tap != null) {
            tap.setMtu(port.mtu());
        }
    }

    /**
     * Brings the sides. Returns when they have joined or it is known what they wait for.
     *
     * @throws UserException and its like if a side cannot be had; {@link #stop} takes back what was done
     */
    public void attach(List<SideSpec> sides) {
        configuration.mac().ifPresent(this::useMac);
        for (SideSpec spec : sides) {
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
        PortAddress.given(sides);
        sides.forEach(SideSpec::checkSlot);
    }

    /**
     * Takes the sides and the TAP away and ends the poll loop.
     *
     * @return false if a device could not be removed, so that EAL cannot be cleaned up and the process must end
     */
    public boolean stop() {
        log.end();
        monitor.end();
        announcer.end();
        boolean clean = true;
        for (SideLife life : lives) {
            clean &= life.stop();
        }
        watchdog.close();
        queues.close();
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
                "rx %d, tx %d by the primary + %d by the standby, tx refused %d, tx dropped %d, rx suppressed on the idle side"
                        + " %d, announcements sent %d%n",
                counters.received(),
                counters.sentByPrimary(),
                counters.sentByStandby(),
                counters.refused(),
                counters.dropped() + counters.holdDropped(),
                counters.suppressed(),
                counters.announced());
        StandbyHealth.Report health = monitor.standbyHealth();
        if (health != null) {
            out.println("standby " + log.healthText(health));
        }
        out.println(statisticsText(monitor.statistics()));
        if (counters.held() + counters.resent() + counters.notDrained() > 0) {
            out.printf(
                    Locale.ROOT,
                    "tx waited for a switch %d, resent %d; planned switches whose former side was not known to be empty %d%n",
                    counters.held(),
                    counters.resent(),
                    counters.notDrained());
        }
        summaryOf(counters.lookback(), "of rx received by the idle side just before a switch");
        summaryOf(counters.duplicates(), "rx duplicates of frames that came by the other side");
        summaryOf(counters.forgotten(), "rx whose duplicates were not looked for: too many at once");
        if (tap != null) {
            out.printf("not taken by the kernel %d%n", tap.dropped());
        }
        lives.forEach(this::summaryOfReleases);
        int missing = engine.pool().size() - engine.pool().available();
        if (missing > 0) {
            out.printf("%d frames are not back in the pool%n", missing);
        }
        engine.errors().forEach(out::println);
    }

    private void summaryOf(long count, String what) {
        if (count > 0) {
            out.printf("%d %s%n", count, what);
        }
    }

    private static String statisticsText(PortStatistics statistics) {
        List<String> counts = new ArrayList<>();
        for (PortStatistics.Counter counter : PortStatistics.Counter.values()) {
            counts.add(counter + " " + statistics.get(FailoverPolicy.NONE, counter));
        }
        return "the devices counted: " + String.join(", ", counts);
    }

    private void summaryOfReleases(SideLife life) {
        List<Release> releases = life.releases();
        if (!releases.isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "%s released on request %d times: off the loop after at most %.1f ms, closed in at most %.0f ms,"
                            + " frames in its ring: at most %d%n",
                    life.plan().role(),
                    releases.size(),
                    releases.stream().mapToLong(Release::leaveNanos).max().orElse(0) / 1e6,
                    releases.stream().mapToLong(Release::closeNanos).max().orElse(0) / 1e6,
                    releases.stream().mapToLong(Release::unknownFrames).sum());
        }
    }

    /** A device cannot be given back: with the process goes the last that holds it. */
    private void endProcess(String why) {
        LastWords.say("twinport: " + why + " (the poll loop does not let go of it, or its driver's close hangs): ending"
                + " the process, so that the kernel takes the device. Exit code " + EXIT_NOT_RELEASED);
        ProcessEnd.now(EXIT_NOT_RELEASED);
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
            return spec.open(configuration.mac(), engine.kernelLinks());
        }

        @Override
        public void admit(SideDevice dev) {
            configuration.admit(spec.side(), dev, spec.adoptsMac());
        }

        @Override
        public Membership join(SideDevice dev) {
            long takenBefore = PortMember.taken(counters, spec.side());
            Member member = configuration.join(spec.side(), dev, spec.adoptsMac());
            configuration.mac().ifPresent(FailoverRun.this::useMac);
            return new PortMember(member, engine.conductor(), monitor, counters, takenBefore);
        }
    }

    private void useMac(MacAddress mac) {
        sourceMac = mac.value();
        queues.port().mac(mac);
        if (tap != null) {
            tap.setMac(mac);
        }
    }

    /** A side that fails now ends the start; one that is still waiting does not, and is told when it fails later. */
    private void awaitSides() {
        long deadline = System.nanoTime() + START_MILLIS * 1_000_000L;
        for (SideLife life : lives) {
            Pause.until(
                    () -> life.first().isDone() || life.phase() == SideLife.Phase.ABSENT,
                    Math.max(0, (deadline - System.nanoTime()) / 1_000_000));
        }
        for (SideLife life : lives) {
            if (life.first().isDone()) {
                try {
                    life.first().join();
                } catch (CompletionException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : e;
                }
            }
        }
        for (SideLife life : lives) {
            if (!life.first().isDone()) {
                log.say("waiting for " + waitsFor(life));
                life.first().exceptionally(e -> {
                    log.say(life.plan().role() + " cannot join: " + e.getMessage());
                    return null;
                });
            }
        }
        queues.warmUp();
        Optional<MacAddress> mac = configuration.mac();
        log.say("ready" + mac.map(known -> ", MAC address " + known).orElse("") + ", " + pollers()
                + "; Ctrl-C ends it");
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

    private String pollers() {
        List<Integer> cpus = queues.cpus();
        return cpus.size() == 1
                ? "poll loop on CPU " + cpus.getFirst()
                : "poll loops on CPUs " + cpus.stream().map(String::valueOf).collect(Collectors.joining(", "));
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
