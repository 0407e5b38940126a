package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.control.hotplug.DeviceLock;
import io.twinport.control.hotplug.Membership;
import io.twinport.control.hotplug.SideLife;
import io.twinport.control.hotplug.SidePlan;
import io.twinport.control.hotplug.Slot;
import io.twinport.control.hotplug.Watchdog;
import io.twinport.control.kernel.InterfaceAddresses;
import io.twinport.control.kernel.InterfaceWatch;
import io.twinport.control.metrics.MeasuredPort;
import io.twinport.control.metrics.Metrics;
import io.twinport.control.plan.HandlerSpec;
import io.twinport.control.plan.PortAddress;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.PortSpec;
import io.twinport.control.plan.RunSettings;
import io.twinport.control.plan.SideSpec;
import io.twinport.dataplane.conductor.FrameSender;
import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.device.Member;
import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.device.PortConfiguration;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthOffloads;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** One failover port of a run, from start to end. Either side may be missing at the start (R21, R39), and come later. */
final class PortRun {
    /** The standby has its turn after that at the latest. */
    private static final int PROBE_MILLIS = 150;

    private final Engine engine;
    private final int id;
    private final PortQueues queues;
    private final DeviceLock devices;
    private final RunLog log;
    private final Watchdog watchdog;
    private final PortConfiguration configuration;
    private final LiveSettings live;
    private final PortInterfaces interfaces;
    private Optional<InterfaceWatch> watch = Optional.empty();
    private final PortAnnouncer announcer;
    private final PortMonitor monitor;
    private final List<SideLife> lives = new CopyOnWriteArrayList<>();
    private volatile PortPlan plan;

    /**
     * Makes the port, of queues whose loops are made and do not run yet.
     *
     * @param devices held while EAL's list of devices changes
     * @param isTaken whether a kernel interface is a port's own, or below a side
     * @param hangs told what cannot be given back; does not return
     */
    PortRun(
            Engine engine,
            int id,
            PortPlan plan,
            PortQueues queues,
            DeviceLock devices,
            RunLog log,
            IntPredicate isTaken,
            Consumer<String> hangs) {
        this.engine = engine;
        this.id = id;
        this.plan = plan;
        this.queues = queues;
        this.devices = devices;
        this.log = log;
        RunSettings settings = plan.settings();
        this.watchdog = new Watchdog(settings.releaseTime(), hangs);
        List<LoopProxy> proxies = queues.proxies();
        this.configuration =
                new PortConfiguration("twinport." + id, engine.pool(), queues.events(), proxies, promised(plan));
        this.live = new LiveSettings(configuration, queues.tap(), queues::useMac, log);
        this.interfaces = new PortInterfaces(engine.kernelLinks(), queues.tap(), live, isTaken, log);
        configure(settings.configuration());
        this.announcer = new PortAnnouncer(
                settings.announce(),
                configuration::mac,
                queues.tap().map(tap -> new InterfaceAddresses(tap::index)),
                new FrameSender(proxies.getFirst(), engine.pool()));
        this.monitor = new PortMonitor(
                id,
                engine.cnc().counters(),
                proxies.getFirst(),
                queues.counters(),
                settings.detection(),
                engine.conductor(),
                announcer::announceOnce);
        engine.conductor().add(id, monitor);
        engine.conductor().add(id, log);
        engine.conductor().add(id, announcer);
        queues.tap().ifPresent(tap -> engine.conductor().add(id, tap));
    }

    /** What the kernel leaves to the port, and is told of what the port receives. */
    private static Offloads promised(PortPlan plan) {
        return plan.handler() instanceof HandlerSpec.Tap tap && tap.offloads()
                ? new Offloads(EthOffloads.RX_L4_CHECKSUMS, EthOffloads.L4_CHECKSUMS)
                : Offloads.NONE;
    }

    /** Before any device is there, so that the first one has it all when it joins. */
    private void configure(PortSpec port) {
        configuration.setLog(log::warn);
        PortAddress.given(plan.sides()).ifPresent(configuration::identify);
        live.set(port);
        configuration.mac().ifPresent(queues::useMac);
    }

    void show(Metrics metrics) {
        engine.conductor().add(id, metrics.add(measured()));
    }

    /** For who asks for its numbers. */
    MeasuredPort measured() {
        return new MeasuredPort(plan.name(), queues.counters(), monitor);
    }

    /** Sets the sides going, the primary first: a side without an address gets the other's. */
    void attach() {
        watch = Optional.of(InterfaceWatch.start(plan.name(), interfaces::look, log));
        plan.sides().forEach(spec -> lives.add(newLife(spec)));
        watchdog.start();
        for (SideLife life : lives) {
            life.start();
            boolean ignored = Pause.until(life::isSettled, PROBE_MILLIS);
        }
    }

    /** A side's life, which is not started yet. */
    SideLife newLife(SideSpec spec) {
        Log ofSide = (level, text) -> log.line(level, spec.role() + " " + spec.name() + ": " + text);
        Slot slot =
                spec.slot(configuration::identity, this::isTaken, engine.conductor()::lookAtSides, interfaces, ofSide);
        SideLife life = new SideLife(new Plan(spec, slot, ofSide), slot, devices, log);
        watchdog.watch(spec.role() + " " + spec.name(), life::isWantedBack);
        return life;
    }

    /**
     * Checks whether a side's device can be had.
     *
     * @throws UserException if it cannot
     */
    void check(SideSpec spec) {
        spec.checkFrames(engine.pool().room());
        spec.checkSlot(configuration.identity(), this::isTaken);
        interfaces.check(spec);
    }

    /** Whether a kernel interface is the port's own, or below one of its sides. */
    boolean hasInterface(int index) {
        return interfaces.has(index);
    }

    /** What others have set otherwise below a side, and what else is not as it should be there. */
    List<String> differences(int side) {
        return interfaces.differences(side);
    }

    /** Whether the device at a PCI address is somebody's in this process, or is to be. */
    private boolean isTaken(String device) {
        return plan.isGiven(device) || EthDev.isThere(device);
    }

    /** What it was made of. */
    static SideSpec spec(SideLife life) {
        return ((Plan) life.plan()).spec;
    }

    /** The sides, the primary first. */
    List<SideLife> lives() {
        return lives;
    }

    /** Says which sides have not come yet; those that have failed say it themselves. */
    void sayWhoIsAwaited() {
        lives.stream()
                .filter(life -> !life.isHad() && life.trouble().isEmpty())
                .forEach(life -> log.say("waiting for " + waitsFor(life)));
    }

    private static String waitsFor(SideLife life) {
        Plan plan = (Plan) life.plan();
        return "the " + plan.role() + " " + plan.name()
                + (life.phase() == SideLife.Phase.ABSENT
                        ? plan.slot.whyAbsent()
                        : ": its driver's probe has not returned");
    }

    void sayReady(String pollers) {
        log.say("ready"
                + configuration.mac().map(known -> ", MAC address " + known).orElse("") + ", " + pollers
                + "; Ctrl-C ends it");
    }

    PortPlan plan() {
        return plan;
    }

    PortQueues queues() {
        return queues;
    }

    PortConfiguration configuration() {
        return configuration;
    }

    PortMonitor monitor() {
        return monitor;
    }

    int id() {
        return id;
    }

    /**
     * Makes the port what is wanted of it now, but for its sides, its queues and its handler.
     *
     * @throws io.twinport.dataplane.device.ConfigurationException if a device refuses a setting; then all is as it was
     */
    void use(PortPlan wanted) {
        RunSettings settings = wanted.settings();
        RunSettings before = plan.settings();
        live.set(settings.configuration());
        plan = wanted;
        announcer.use(settings.announce());
        watchdog.setLimit(settings.releaseTime());
        if (!settings.detection().equals(before.detection())) {
            monitor.use(settings.detection());
        }
        FailbackSettings failback = settings.port().failback();
        decider().setFailbackDelay(failback.delay());
        decide(failback.mode());
        decide(failback.damping() ? FailoverPolicy.DAMPING_ON : FailoverPolicy.DAMPING_OFF);
    }

    /** Tells the port's policy of an event, through its poll loop's ring. */
    void decide(int event) {
        decider().decide(event);
    }

    private LoopProxy decider() {
        return queues.proxies().getFirst();
    }

    /** One of its poll loops hangs, or turns again. */
    void hang(boolean hangs) {
        engine.conductor().hang(id, hangs);
    }

    /** Says from now on what is of this level and above. */
    void logFrom(Level level) {
        log.from(level);
    }

    /** Takes the port's carrier away, whatever its sides are, or lets them have it (R39, R40). */
    void close(boolean on) {
        engine.conductor().open(id, !on);
    }

    /** Has the sides go away; the loops still run. */
    void leave() {
        log.end();
        monitor.end();
        announcer.end();
        watch.ifPresent(InterfaceWatch::close);
        lives.forEach(SideLife::stop);
    }

    /**
     * Waits until the sides have gone.
     *
     * @param deadline by {@link System#nanoTime}
     * @return those that have not by then, and what they are doing
     */
    List<String> awaitLeft(long deadline) {
        List<String> staying = lives.stream()
                .filter(life -> !life.awaitStop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))))
                .map(life -> "the " + life.plan().role() + " " + life.plan().name() + " of " + plan.name() + " is "
                        + life.phase())
                .toList();
        watchdog.close();
        return staying;
    }

    /** What happened, in a few lines. */
    void summary(PrintStream out) {
        new PortSummary(out, log, queues.counters(), monitor).print();
        queues.tap().ifPresent(tap -> out.printf("not taken by the kernel %d%n", tap.dropped()));
        lives.forEach(life -> PortSummary.printReleases(out, life));
    }

    /** How a side's devices join this port. */
    private final class Plan implements SidePlan {
        private final SideSpec spec;
        private final Slot slot;
        private final Log log;
        private String told = "";

        Plan(SideSpec spec, Slot slot, Log log) {
            this.spec = spec;
            this.slot = slot;
            this.log = log;
        }

        /** Of the device that is there now. */
        private SideSpec present() {
            return slot.found().map(spec::found).orElse(spec);
        }

        @Override
        public String role() {
            return spec.role();
        }

        @Override
        public String name() {
            return present().name();
        }

        /** Not each time that a device is tried again. */
        private void tell(String what) {
            if (!what.equals(told)) {
                told = what;
                log.say(what);
            }
        }

        @Override
        public SideDevice open() {
            interfaces.lookAfter(spec.side(), slot, log);
            SideDevice dev = present().chosen(this::tell).open(configuration.mac(), slot, engine.kernelLinks());
            if (dev.kernelSide()
                    .filter(own -> own.index() != slot.heldInterface())
                    .isPresent()) {
                dev.remove();
                throw new UserException("the interface was renamed while its driver looked for it.");
            }
            dev.setAnnouncer(announcer::announceOnce);
            return dev;
        }

        @Override
        public void admit(SideDevice dev) {
            configuration.admit(spec.side(), dev, spec.adoptsMac());
        }

        @Override
        public Membership join(SideDevice dev) {
            long takenBefore = queues.counters().sentBy(spec.side());
            return member(live.join(spec.side(), dev, spec.adoptsMac()), takenBefore);
        }

        @Override
        public Membership stuck() {
            return member(
                    configuration.side(spec.side()).orElseThrow(),
                    queues.counters().sentBy(spec.side()));
        }

        private Membership member(Member member, long takenBefore) {
            return new PortMember(member, engine.conductor(), monitor, queues.counters(), takenBefore);
        }
    }
}
