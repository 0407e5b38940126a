package io.twinport.dataplane.engine;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.capture.FlightRecorder;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.conductor.LoopWatch;
import io.twinport.dataplane.device.KernelLinks;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EalArguments;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthEvents;
import io.twinport.dpdk.FaultEvents;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.Affinity;
import io.twinport.posix.EventSet;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;

/**
 * What every command that moves packets needs, in the order in which it must be started and, reversed, ended: EAL, the
 * mapped file, mbufs, the conductor, the poll loops. A failure half way ends what was started.
 */
public final class Engine implements AutoCloseable {
    private static final int FIRST_PORT = 0;

    private final EalArguments arguments;
    private final Deque<AutoCloseable> started;
    private final CncFile cnc;
    private final MbufPool pool;
    private final Conductor conductor;
    private final EventSet wake;
    private final KernelLinks kernelLinks;
    private final List<LoopWatch> loops = new ArrayList<>();
    private int flightFrames;

    private Engine(
            EalArguments arguments,
            Deque<AutoCloseable> started,
            CncFile cnc,
            MbufPool pool,
            Conductor conductor,
            EventSet wake) {
        this.arguments = arguments;
        this.started = started;
        this.cnc = cnc;
        this.pool = pool;
        this.conductor = conductor;
        this.wake = wake;
        this.kernelLinks = new KernelLinks(conductor::lookAtSides);
    }

    /**
     * Starts all but the poll loops.
     *
     * @param cncFile where {@code twinport.cnc} goes
     * @param mbufs size of the pool
     */
    public static Engine start(EalArguments arguments, Path cncFile, int mbufs) {
        return start(arguments, cncFile, mbufs, MbufPool.DEFAULT_ROOM);
    }

    /**
     * Starts all but the poll loops.
     *
     * @param cncFile where {@code twinport.cnc} goes
     * @param mbufs size of the pool
     * @param mbufRoom bytes of a frame that each of them holds
     */
    public static Engine start(EalArguments arguments, Path cncFile, int mbufs, int mbufRoom) {
        Deque<AutoCloseable> started = new ArrayDeque<>();
        try {
            CncFile cnc = CncFile.create(cncFile);
            started.push(cnc);
            Eal.start(arguments);
            started.push(Engine::endEal);
            Leftovers.delete(cnc.file());
            MbufPool pool = MbufPool.create("twinport", mbufs, mbufRoom);
            started.push(() -> close(pool));
            EthEvents.warmUp();
            FaultEvents.warmUp();
            EventSet wake = new EventSet(1);
            started.push(wake);
            Conductor conductor = new Conductor(cnc);
            Engine engine = new Engine(arguments, started, cnc, pool, conductor, wake);
            AgentRunner runner = new AgentRunner(new EventIdleStrategy(wake), engine.errorHandler(), null, conductor);
            AgentRunner.startOnThread(runner);
            started.push(runner);
            started.push(engine.kernelLinks);
            // The JVM's own threads too: the JIT on a poll loop's CPU would cost it milliseconds. Until now it was
            // welcome there.
            Affinity.confineProcess(arguments.otherCpus());
            return engine;
        } catch (RuntimeException | Error e) {
            closeAll(started);
            throw e;
        }
    }

    /**
     * Makes a poll loop; {@link #run} sets it going.
     *
     * @param members the ports that devices join and leave
     */
    public PollLoop newLoop(String name, PacketHandler handler, List<? extends PolledQueue> members) {
        PollLoop loop = new PollLoop(name, handler, members, cnc.commands(loops.size()));
        LoopWatch watch = new LoopWatch(loop, cnc.counters());
        loops.add(watch);
        conductor.watch(watch);
        return loop;
    }

    /** Has the JIT see all that a port may have to do; takes one to five seconds. Before the loops run: it uses their CPU. */
    public void warmUp(PortSettings settings, int queues) {
        try (WarmUpThread thread =
                new WarmUpThread(new TreeSet<>(Set.of(pollCpu())), settings, queues, errorHandler())) {
            thread.join();
        }
    }

    /** The same while the loops run, on the other CPUs: packets do not wait for it, a switch in the first seconds is slower. */
    public void warmUpMeanwhile(PortSettings settings, int queues) {
        started.push(new WarmUpThread(arguments.otherCpus(), settings, queues, errorHandler()));
    }

    /** Starts a loop on a CPU and returns when it runs. */
    public Lcore run(PollLoop loop, PacketHandler handler, int cpu) {
        Lcore lcore = Lcore.start(cpu, loop, () -> handler.start(pool), errorHandler());
        started.push(lcore);
        return lcore;
    }

    /**
     * From now on the frames around switches of the first port are kept, in a file beside {@code twinport.cnc}.
     *
     * @param frames before a switch, and as many after it
     */
    public void recordFlights(int frames) {
        flightFrames = frames;
    }

    /** What records the frames of a port's queue 0; empty where that is not wanted. */
    public Optional<FlightRecorder> flightRecorder(int port) {
        Path file = FlightRecorder.beside(cnc.file());
        return flightFrames == 0 || port != FIRST_PORT
                ? Optional.empty()
                : Optional.of(FlightRecorder.create(file, port, flightFrames));
    }

    public CncFile cnc() {
        return cnc;
    }

    public MbufPool pool() {
        return pool;
    }

    public Conductor conductor() {
        return conductor;
    }

    /** Where a queue of a port tells the conductor; each loop's own, for its count of what it could not tell is not shared. */
    public PortEvents newPortEvents() {
        return new PortEvents(cnc.events(), wake);
    }

    /** How the poll loops made so far turn. */
    public List<LoopWatch> loops() {
        return List.copyOf(loops);
    }

    /** What the kernel says of interfaces below devices. */
    public KernelLinks kernelLinks() {
        return kernelLinks;
    }

    /** The CPU of the first poll loop. */
    public int pollCpu() {
        return arguments.pollCpus().first();
    }

    /** The CPUs of the poll loops. */
    public SortedSet<Integer> pollCpus() {
        return arguments.pollCpus();
    }

    /** Distinct errors with their counts, in the mapped file: a loop must not throw, and if it does it must not die. */
    public ErrorHandler errorHandler() {
        return error -> cnc.errors().record(error);
    }

    /** Errors that should not have happened, each with how often it did: a line, and a trace below it. */
    public List<String> errors() {
        return cnc.reading().errors();
    }

    /**
     * In place of {@link #close} where a thread or a device hangs: waits for nothing, touches no device, and only deletes EAL's
     * files. The process must end after it.
     */
    public void abandon() {
        Eal.abandon();
    }

    /**
     * Ends everything. A device that is still there, after a failure, keeps what it uses: EAL's files go, and its memory stays
     * until the process ends, which has to be soon.
     *
     * @throws StuckLoopException if a loop does not end: nothing after it is ended, and only {@link #abandon} is left to do
     */
    @Override
    public void close() {
        closeAll(started);
    }

    private static void endEal() {
        if (EthDev.count() == 0) {
            Eal.cleanup();
        } else {
            Eal.abandon();
        }
    }

    private static void close(MbufPool pool) {
        if (EthDev.count() == 0) {
            pool.close();
        }
    }

    private static void closeAll(Deque<AutoCloseable> started) {
        while (!started.isEmpty()) {
            closeNext(started);
        }
    }

    private static void closeNext(Deque<AutoCloseable> started) {
        try {
            Objects.requireNonNull(started.peek()).close();
        } catch (StuckLoopException e) {
            // It stays the next: nothing after it may be ended, whoever tries again.
            throw e;
        } catch (Exception e) {
            System.getLogger("twinport").log(System.Logger.Level.WARNING, "while ending", e);
        }
        started.pop();
    }
}
