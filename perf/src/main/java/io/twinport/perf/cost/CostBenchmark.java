package io.twinport.perf.cost;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.HoldSettings;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EalArguments;
import io.twinport.dpdk.EalThread;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.LinkWord;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.perf.launch.Rig;
import io.twinport.posix.Affinity;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What single steps of the hot path cost, beside the same steps in C ({@code perf/baseline/cost.c}). JMH's worker
 * thread is made what a poll loop's thread is: pinned, and registered with EAL, so that it has a mempool cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls setUp before all else
public class CostBenchmark {
    static final String LIBRARY = "twinport.perf.library";
    static final String CPU = "twinport.perf.cpu";
    static final String MEMORY = "twinport.perf.memory";

    /** Bursts that one call of a C loop makes, so that the call itself does not count. */
    private static final int C_BURSTS = 1000;

    /** Within {@link C} so that they are looked up when the library is there, and constants to the JIT all the same. */
    private static final class C {
        static final MethodHandle EMPTY = function("empty");
        static final MethodHandle ALLOCATE_FREE = function("allocate_free");
        static final MethodHandle RX_TX = function("rx_tx");

        private static MethodHandle function(String name) {
            return Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.loaderLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
        }
    }

    private static final Duration HOLD = Duration.ofMillis(1);
    private static final int FRAME_BYTES = 60;

    private final MbufBurst burst = new MbufBurst();
    private BarePort bare;
    private Path cncFile;
    private CncFile cnc;
    private MbufPool pool;
    private MbufAllocator allocator;
    private FailoverQueue failover;
    private FailoverQueue holding;
    private BarePort ring;
    private EthDev withLinkWord;
    private long scratch;

    @Setup
    public void setUp() throws IOException, InterruptedException {
        int cpu = Integer.getInteger(CPU);
        EalArguments eal = new EalArguments(
                new TreeSet<>(List.of(cpu)),
                List.of(),
                Arrays.asList(System.getProperty(MEMORY).split(" ")));
        Affinity.confineProcess(eal.otherCpus());
        Eal.start(eal);
        System.load(System.getProperty(LIBRARY));
        Affinity.pinThisThread(new TreeSet<>(List.of(cpu)));
        EalThread.register();
        pool = MbufPool.create("cost", Rig.MBUFS);
        allocator = MbufAllocator.ofThisThread(pool);
        scratch = Arena.global().allocate(LinkWord.LENGTH, Long.BYTES).address();

        cncFile = Path.of("/dev/shm", "twinport-cost-" + ProcessHandle.current().pid() + ".cnc");
        cnc = CncFile.create(cncFile);
        long events = EventLine.allocate();
        bare = new BarePort();
        failover =
                new FailoverPort(0, events, new PortCounters(cnc.counters(), 0), new PortEvents(cnc.events())).queue(0);
        holding = new FailoverPort(
                        1,
                        events,
                        new PortCounters(cnc.counters(), 1),
                        new PortEvents(cnc.events()),
                        PortSettings.DEFAULT.with(HoldSettings.of(HOLD)))
                .queue(0);
        ring = new BarePort();
        PollLoop loop = new PollLoop("join", () -> 0, List.of(failover, bare, holding, ring), cnc.commands(0));
        Thread join = Thread.ofPlatform().start(() -> {
            // Port 0 is the one that the C loop uses.
            Side.join(EthDev.probe("net_null0"), pool, 0, loop.proxy(1), 0);
            Side.join(EthDev.probe("net_null1"), pool, events, loop.proxy(0), Sides.PRIMARY);
            Side.join(EthDev.probe("net_null2,no-rx=1"), pool, events, loop.proxy(0), Sides.STANDBY);
            Side.join(EthDev.probe("net_null4"), pool, events, loop.proxy(2), Sides.PRIMARY);
            Side.join(EthDev.probe("net_null5,no-rx=1"), pool, events, loop.proxy(2), Sides.STANDBY);
            Side.join(EthDev.probe("net_ring6"), pool, 0, loop.proxy(3), 0);
            // Of the virtual devices that have a link word, the one that needs neither a far end nor an interface.
            withLinkWord = EthDev.probe("net_vhost3,iface=" + cncFile + ".sock");
            withLinkWord.configure(pool);
            withLinkWord.start();
        });
        // A device joins when the loop has obeyed.
        while (join.isAlive()) {
            loop.doWork();
        }
        join.join();
        int frames = allocator.allocate(burst.address(), MbufBurst.CAPACITY);
        for (int i = 0; i < frames; i++) {
            Mbuf.length(burst.get(i), FRAME_BYTES);
        }
        ring.txBurst(burst.address(), frames);
    }

    @TearDown
    public void tearDown() throws IOException {
        Files.deleteIfExists(cncFile);
        withLinkWord.stop();
        withLinkWord.remove();
        EalThread.unregister();
    }

    @Benchmark
    public long emptyCall() throws Throwable {
        return (long) C.EMPTY.invokeExact(0L);
    }

    @Benchmark
    public boolean linkWord() {
        return LinkWord.isUp(LinkWord.FUNCTION, withLinkWord.port(), scratch);
    }

    @Benchmark
    public int allocateFree() {
        int count = allocator.allocate(burst.address(), MbufBurst.CAPACITY);
        Mbuf.free(burst.address(), count);
        return count;
    }

    @Benchmark
    @OperationsPerInvocation(C_BURSTS)
    public long allocateFreeInC() throws Throwable {
        return (long) C.ALLOCATE_FREE.invokeExact((long) C_BURSTS);
    }

    @Benchmark
    public int rxTxBare() {
        int received = bare.rxBurst(burst.address(), MbufBurst.CAPACITY);
        return bare.txBurst(burst.address(), received);
    }

    @Benchmark
    public int rxTxFailover() {
        int received = failover.rxBurst(burst.address(), MbufBurst.CAPACITY);
        return failover.txBurst(burst.address(), received);
    }

    /** A burst that goes round in a {@code net_ring}: a device that is no NIC, so the lengths of what comes are checked. */
    @Benchmark
    public int rxTxChecked() {
        int received = ring.rxBurst(burst.address(), MbufBurst.CAPACITY);
        return ring.txBurst(burst.address(), received);
    }

    /** With frames held for an unplanned cut; over a device that is done with them at once, so the references alone. */
    @Benchmark
    public int rxTxHolding() {
        int received = holding.rxBurst(burst.address(), MbufBurst.CAPACITY);
        return holding.txBurst(burst.address(), received);
    }

    @Benchmark
    @OperationsPerInvocation(C_BURSTS)
    public long rxTxInC() throws Throwable {
        return (long) C.RX_TX.invokeExact((long) C_BURSTS);
    }
}
