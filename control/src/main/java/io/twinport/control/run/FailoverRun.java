package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.control.Pause;
import io.twinport.control.TimeOfDay;
import io.twinport.control.UserException;
import io.twinport.control.hotplug.DeviceLock;
import io.twinport.control.hotplug.SideLife;
import io.twinport.control.metrics.Metrics;
import io.twinport.control.metrics.PortTelemetry;
import io.twinport.control.plan.Claims;
import io.twinport.control.plan.InterfaceClaims;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.RunSettings;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.PollLoops;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.InterruptThread;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The failover ports of a process, from start to end. */
public final class FailoverRun {
    /** For probes that have begun, on a busy machine; the ports run meanwhile. */
    private static final int START_MILLIS = 30_000;

    /** In which devices leave at the end, and then the poll loops end. */
    private static final Duration LEAVE_TIME = Duration.ofSeconds(5);

    private static final Duration LOOP_TIME = Duration.ofSeconds(1);

    private final Engine engine;
    private final PrintStream out;
    private final PollLoops loops;
    private final List<PortQueues> queues = new ArrayList<>();
    private final List<PortRun> ports = new ArrayList<>();
    private final List<PortOperator> operators = new ArrayList<>();
    private final DeviceLock devices = new DeviceLock();
    private final RunLog log;
    private final Heartbeats heartbeats;
    private @Nullable PortTelemetry telemetry;

    private FailoverRun(Engine engine, List<PortPlan> plans, PrintStream out) {
        this.engine = engine;
        this.out = out;
        CncFile cnc = engine.cnc();
        TimeOfDay time = new TimeOfDay(cnc.startMillis(), cnc.startNanos());
        this.log = new RunLog(out, time, "");
        engine.conductor().add(new ClockWatch(cnc, time, log));
        this.loops = new PollLoops(engine);
        try {
            for (PortPlan plan : plans) {
                queues.add(new PortQueues(engine, loops, queues.size(), plan));
            }
            loops.make();
            for (PortPlan plan : plans) {
                int id = ports.size();
                RunLog ofPort = new RunLog(out, time, plans.size() == 1 ? "" : plan.name() + ": ");
                ports.add(new PortRun(
                        engine, id, plan, queues.get(id), devices, ofPort, this::isTaken, FailoverRun::endProcess));
            }
        } catch (RuntimeException | Error e) {
            // Their interfaces have threads, which use the engine's mbufs.
            queues.forEach(PortQueues::close);
            throw e;
        }
        ports.forEach(port -> operators.add(new PortOperator(port)));
        loops.run();
        this.heartbeats = new Heartbeats(log, engine.errorHandler());
        watchThreads();
    }

    private void watchThreads() {
        loops.loops().forEach(this::watch);
        heartbeats.watch(
                "eal-intr-thread",
                () -> {
                    InterruptThread.ask();
                    return InterruptThread.beats();
                },
                "it is DPDK's interrupt thread, and a driver hangs on it. Link interrupts do not come, and devices can"
                        + " neither join nor leave",
                hangs -> {});
        heartbeats.watch(
                "conductor",
                engine.conductor()::turns,
                "ports still switch, but nothing is said, announced or recorded of it",
                hangs -> {});
    }

    private void watch(PollLoop loop) {
        List<PortRun> polled =
                ports.stream().filter(port -> port.queues().isPolledBy(loop)).toList();
        heartbeats.watch(
                loop.roleName(),
                () -> loop.epoch().passes(),
                "it is a poll loop, and its handler or a driver hangs, or something else has its CPU. "
                        + polled.stream().map(port -> port.plan().name()).collect(Collectors.joining(", "))
                        + " can neither send nor receive, and has no carrier. If it does not turn again, restart twinport",
                hangs -> polled.forEach(port -> port.hang(hangs)));
    }

    /** Before {@link #attach}: ends the process when a thread has hung for so long. */
    public void endWhenStuck(Duration time) {
        heartbeats.endAfter(time, hang -> LastWords.endProcess(hang + ". It has been so for --exit-when-stuck"));
    }

    /** What hangs, and for how long. */
    public Heartbeats heartbeats() {
        return heartbeats;
    }

    /**
     * Makes the ports and the poll loops, without sides.
     *
     * @param engine running; the caller closes it after {@link #stop}
     * @param out where lines go
     */
    public static FailoverRun create(Engine engine, List<PortPlan> plans, PrintStream out) {
        return new FailoverRun(engine, plans, out);
    }

    /**
     * Checks that this machine has what ports need, as far as that can be seen before anything is started.
     *
     * @throws UserException if it is not so
     */
    public static void checkMachine(List<PortPlan> plans) {
        plans.forEach(PortPlan::checkMachine);
        InterfaceClaims.check(plans, Path.of("/sys"));
    }

    /** All ports, for an operator. */
    List<PortOperator> operators() {
        return operators;
    }

    /**
     * A port by its name.
     *
     * @param name may be left out where there is only one
     * @throws UserException if there is none such
     */
    PortOperator operator(Optional<String> name) {
        List<String> names = ports.stream().map(port -> port.plan().name()).toList();
        int index = name.map(names::indexOf).orElse(names.size() == 1 ? 0 : -1);
        if (index < 0) {
            throw new UserException(name.map(given -> "there is no port " + given)
                            .orElse("give a port") + ": there are " + String.join(", ", names) + ".");
        }
        return operators.get(index);
    }

    /**
     * Makes ports what is wanted of them now, all or none.
     *
     * @param wanted each by the name of a port that runs, with its queues and handler
     * @throws RuntimeException of what a device refuses; then all are as they were
     */
    public synchronized void use(List<PortPlan> wanted) {
        Claims.check(wanted);
        List<PortPlan> before = new ArrayList<>();
        try {
            for (PortPlan plan : wanted) {
                PortOperator port = operator(Optional.of(plan.name()));
                PortPlan old = port.plan();
                port.use(plan);
                before.addFirst(old);
            }
        } catch (RuntimeException e) {
            for (PortPlan old : before) {
                takeBack(old, e);
            }
            throw e;
        }
    }

    private void takeBack(PortPlan old, RuntimeException cause) {
        try {
            operator(Optional.of(old.name())).use(old);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    Engine engine() {
        return engine;
    }

    /** Bytes of a frame that each mbuf holds. */
    public int mbufRoom() {
        return engine.pool().room();
    }

    /** Says from now on what is of this level and above. */
    void logFrom(Level level) {
        log.from(level);
        operators.forEach(port -> port.logFrom(level));
    }

    /** Where lines about the process go. */
    public Log log() {
        return log;
    }

    /** Has the ports and the poll loops among the metrics; before {@link #attach}. */
    public void show(Metrics metrics) {
        metrics.add(engine.pool());
        engine.loops().forEach(metrics::add);
        heartbeats.threads().forEach(thread -> metrics.add(thread, () -> heartbeats.isHanging(thread)));
        ports.forEach(port -> port.show(metrics));
    }

    /**
     * Brings the sides. Returns when each has joined, or can say what it waits for or suffers from.
     *
     * @throws RuntimeException of {@link UserException#isToMend} if no side can ever join before the user has mended his
     *     configuration; {@link #stop} takes back what was done
     */
    public void attach() {
        heartbeats.start();
        ports.forEach(PortRun::attach);
        awaitSides();
        ports.forEach(PortRun::sayWhoIsAwaited);
        // The code is the same for all of them: once for each way to be set is enough.
        ports.stream()
                .map(port -> port.plan().settings())
                .collect(Collectors.toMap(RunSettings::port, RunSettings::queues, Math::max))
                .forEach(engine::warmUpMeanwhile);
        // Not before: what it wants linked would hold up the first packet.
        telemetry = PortTelemetry.start(
                ports.stream().map(PortRun::measured).toList(), engine.cnc(), engine.errorHandler());
        ports.forEach(port -> port.sayReady(pollers()));
    }

    /** Until it is known of each side what it waits for or suffers from; who needs longer is waited for while the ports run. */
    private void awaitSides() {
        long deadline = System.nanoTime() + START_MILLIS * 1_000_000L;
        List<SideLife> lives =
                ports.stream().flatMap(port -> port.lives().stream()).toList();
        for (SideLife life : lives) {
            boolean ignored = Pause.until(life::isSettled, Math.max(0, (deadline - System.nanoTime()) / 1_000_000));
        }
        lives.stream().flatMap(life -> life.mistake().stream()).findFirst().ifPresent(mistake -> {
            throw mistake;
        });
    }

    /** Whether a kernel interface is a port's own, or below a side. */
    private boolean isTaken(int index) {
        return ports.stream().anyMatch(port -> port.hasInterface(index));
    }

    /** Its ports and who polls them, in one line. */
    public String status() {
        return ports.stream().map(port -> port.plan().name()).collect(Collectors.joining(", ")) + ": " + pollers();
    }

    private String pollers() {
        List<Integer> cpus = loops.cpus();
        return cpus.size() == 1
                ? "poll loop on CPU " + cpus.getFirst()
                : "poll loops on CPUs " + cpus.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /**
     * Takes the sides and the interfaces away and ends the poll loops.
     *
     * @return what hangs, and was not touched: then the process must end without {@link Engine#close}
     */
    public List<String> stop() {
        if (telemetry != null) {
            telemetry.close();
        }
        ports.forEach(PortRun::leave);
        long deadline = System.nanoTime() + LEAVE_TIME.toNanos();
        List<String> hanging = new ArrayList<>();
        ports.forEach(port -> hanging.addAll(port.awaitLeft(deadline)));
        heartbeats.hanging().forEach(hang -> hanging.add(hang.toString()));
        heartbeats.close();
        List<String> turning = loops.close(LOOP_TIME);
        turning.forEach(loop -> hanging.add("the thread " + loop + " does not end"));
        if (turning.isEmpty()) {
            queues.forEach(PortQueues::close);
        }
        return hanging;
    }

    /** What happened, in a few lines. */
    public void summary() {
        for (PortRun port : ports) {
            if (ports.size() > 1) {
                out.printf("%n%s", port.plan().name());
            }
            port.summary(out);
        }
        int missing = engine.pool().size() - engine.pool().available();
        if (missing > 0) {
            out.printf("%d frames are not back in the pool%n", missing);
        }
        // Where each was thrown is in the mapped file, and in the JSON of 'show health'.
        engine.errors().forEach(error -> out.println(error.lines().findFirst().orElse("")));
    }

    /** A device cannot be given back: with the process goes the last that holds it. */
    private static void endProcess(String why) {
        LastWords.endProcess(
                why + " (the poll loop still uses it, or its driver hangs while it closes): ending the process,"
                        + " so that the kernel takes the device");
    }
}
