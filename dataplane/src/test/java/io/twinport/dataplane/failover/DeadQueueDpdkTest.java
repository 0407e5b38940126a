package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.conductor.PortMonitor;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dataplane.testing.Detection;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A primary of which a transmit queue is dead while its link is up. The sides are net_rings of two queues; a wire takes out what
 * was sent by a queue, or does not. The port of two queues sends by both all the time.
 */
class DeadQueueDpdkTest {
    private static final int QUEUES = 2;
    private static final long NOTHING_SECONDS = 3;

    @TempDir
    Path folder;

    private MbufPool pool;
    private CncFile cnc;
    private Conductor conductor;
    private PortCounters counters;
    private PortMonitor monitor;
    private PollLoop loop;
    private Lcore lcore;
    private Traffic traffic;
    private final long events = EventLine.allocate();
    private final List<Side> sides = new ArrayList<>();
    private final List<LoopProxy> queues = new ArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final List<String> told = new ArrayList<>();

    /** Both queues of the port, and the wires of both sides. */
    private static final class Traffic implements PacketHandler {
        private final List<PacketPort> ports;
        private final MbufBurst burst = new MbufBurst();

        @SuppressWarnings("NullAway.Init") // made by the thread that allocates
        private MbufAllocator allocator;

        private long polls;

        /** By side and queue: a wire takes frames at each of so many polls, with 0 never. */
        private final int[][] every = {{0, 0}, {1, 1}, {1, 1}};

        private final long[][] wires = new long[3][QUEUES];

        Traffic(List<PacketPort> ports) {
            this.ports = ports;
        }

        @Override
        public void start(MbufPool pool) {
            allocator = MbufAllocator.ofThisThread(pool);
        }

        @Override
        public int poll() {
            polls++;
            for (PacketPort each : ports) {
                // None: what it has sent is in the ring that it would receive from.
                each.rxBurst(burst.address(), 0);
                Frames.allocate(allocator, burst.address(), 4, 0);
                burst.free(each.txBurst(burst.address(), 4), 4);
            }
            for (int side = PRIMARY; side <= STANDBY; side++) {
                for (int t = 0; t < QUEUES; t++) {
                    if (wires[side][t] != 0 && every[side][t] != 0 && polls % every[side][t] == 0) {
                        burst.free(0, SideLine.receive(wires[side][t], burst.address(), 8));
                    }
                }
            }
            return 1;
        }
    }

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("dead", 8191);
        cnc = CncFile.create(folder.resolve("dead.cnc"));
        conductor = new Conductor(cnc);
        counters = PortCounters.ofQueues(cnc.counters(), 0, QUEUES);
        FailoverPort port = new FailoverPort(0, events, counters, new PortEvents(cnc.events()));
        FailoverQueue first = port.queue(0);
        FailoverQueue second = port.addQueue(counters.queue(1), new PortEvents(cnc.events()));
        traffic = new Traffic(List.of(first, second));
        loop = new PollLoop("poll", traffic, List.of(first, second), cnc.commands(0));
        for (int q = 0; q < QUEUES; q++) {
            queues.add(loop.proxy(q));
        }
        monitor = new PortMonitor(0, cnc.counters(), queues.getFirst(), counters, Detection.LINKS, conductor, () -> {});
        conductor.add(monitor);
        conductor.add(new Conductor.Listener() {
            @Override
            public void onSwitch(SwitchRecord record) {
                told.add(record.causeText());
            }

            @Override
            public void onFailure(int of, int side, String reason, long nanos) {
                told.add(PolicyText.side(side) + (reason.isEmpty() ? " well again" : " failed: " + reason));
            }
        });
        lcore = Lcore.start(TestEal.pollCpu(), loop, () -> traffic.start(pool), errors::add);
    }

    @AfterEach
    void end() {
        monitor.end();
        boolean left = sides.stream().allMatch(Side::letGo);
        lcore.close();
        assertTrue(left);
        for (Side side : sides) {
            for (long wire : traffic.wires[side.side()]) {
                MbufBurst burst = new MbufBurst();
                for (int n = 1; wire != 0 && n > 0; ) {
                    n = SideLine.receive(wire, burst.address(), MbufBurst.CAPACITY);
                    burst.free(0, n);
                }
            }
            monitor.leave(side);
            side.stop();
            side.close();
        }
        cnc.close();
        assertEquals(List.of(), errors);
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    private Side join(int number, int deviceQueues) {
        EthDev dev = EthDev.probe("net_ring" + number);
        EthSide device = new EthSide(dev);
        Side side = Side.of(device, events, queues, number);
        device.configure(pool, deviceQueues);
        side.startDevice();
        for (int t = 0; t < deviceQueues; t++) {
            traffic.wires[number][t] = TestLines.of(dev, t);
        }
        side.enter();
        monitor.join(side);
        sides.add(side);
        return side;
    }

    private void joinBoth() {
        join(PRIMARY, QUEUES);
        join(STANDBY, QUEUES);
        awaitActive(PRIMARY);
    }

    /** The conductor's thread is the test's. */
    private boolean work() {
        conductor.doWork();
        return true;
    }

    private void awaitActive(int side) {
        Await.until(PolicyText.side(side) + " transmits", () -> work() && counters.activeSide() == side);
    }

    private void workFor(long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Await.until("it is over", () -> work() && System.nanoTime() - end >= 0);
    }

    private void assertNothingFound() {
        workFor(NOTHING_SECONDS);
        assertEquals(PRIMARY, counters.activeSide());
        assertFalse(monitor.isFailed(PRIMARY), told::toString);
        assertEquals("", sides.getFirst().failure());
    }

    @Test
    void shouldLeavePrimaryOfWhichOneQueueIsDead() {
        joinBoth();
        traffic.every[PRIMARY][1] = 0;
        awaitActive(STANDBY);
        Await.until("the switch is told", () -> work() && told.contains("primary failed"));
        String failure = sides.getFirst().failure();
        assertTrue(failure.startsWith("its transmit queue 1 of 2 has taken no frame for 1000 ms"), failure);
        assertEquals(failure, monitor.failure(PRIMARY));
        assertEquals(
                1,
                told.stream()
                        .filter(text -> text.startsWith("primary failed: "))
                        .count(),
                told::toString);
        long before = counters.queue(1).get(PortCounter.SENT_BY_STANDBY);
        Await.until("its frames go", () -> counters.queue(1).get(PortCounter.SENT_BY_STANDBY) > before + 1000);

        // It is as it was: a failback would only bring the next switch.
        workFor(2);
        assertEquals(STANDBY, counters.activeSide());
        assertTrue(monitor.isFailed(PRIMARY));
    }

    /** Whoever mends it starts it anew: from then on it is a primary as any other. */
    @Test
    void shouldTrustPrimaryAgainThatWasStartedAnew() {
        joinBoth();
        traffic.every[PRIMARY][1] = 0;
        awaitActive(STANDBY);
        traffic.every[PRIMARY][1] = 1;
        Side primary = sides.getFirst();
        assertTrue(primary.letGo());
        primary.stop();
        monitor.leave(primary);
        primary.rejoin();
        monitor.join(primary);
        awaitActive(PRIMARY);
        assertEquals("", primary.failure());
        Await.until("that is told", () -> work() && told.contains("primary well again"));
        assertNothingFound();
    }

    /** An operator knows better: it is looked at anew, and left again when it is still so. */
    @Test
    void shouldLookAnewWhenOperatorWantsItBack() {
        joinBoth();
        traffic.every[PRIMARY][1] = 0;
        awaitActive(STANDBY);
        loop.proxy(0).decide(FailoverPolicy.FAILBACK_COMMANDED);
        awaitActive(PRIMARY);
        awaitActive(STANDBY);
        assertTrue(monitor.isFailed(PRIMARY));
    }

    /** Half of a port is more than none. */
    @Test
    void shouldOnlySayItWhereThereIsNoStandby() {
        join(PRIMARY, QUEUES);
        awaitActive(PRIMARY);
        traffic.every[PRIMARY][1] = 0;
        Await.until("it is said", () -> work() && monitor.isFailed(PRIMARY));
        workFor(1);
        assertEquals(PRIMARY, counters.activeSide());
        assertEquals(1, counters.get(PortCounter.SWITCHES));
        // As soon as there is one it is used.
        join(STANDBY, QUEUES);
        awaitActive(STANDBY);
    }

    /** A standby that had to be used is left as soon as the primary is ready, whenever the failback would be. */
    @Test
    void shouldLeaveStandbyOfWhichOneQueueIsDead() {
        joinBoth();
        loop.proxy(0).decide(FailoverPolicy.FAILBACK_MANUAL);
        loop.proxy(0).decide(FailoverPolicy.FORCED_STANDBY);
        awaitActive(STANDBY);
        loop.proxy(0).decide(FailoverPolicy.FORCED_NONE);
        traffic.every[STANDBY][1] = 0;
        awaitActive(PRIMARY);
        assertTrue(monitor.isFailed(STANDBY));
    }

    /** Overload: both are refused, and both go on. */
    @Test
    void shouldNotMindOverload() {
        joinBoth();
        traffic.every[PRIMARY][0] = 100;
        traffic.every[PRIMARY][1] = 10_000;
        assertNothingFound();
    }

    /** Pause frames: all of the device stands still. */
    @Test
    void shouldNotMindDeviceThatIsHeldUpAsAWhole() {
        joinBoth();
        traffic.every[PRIMARY][0] = 0;
        traffic.every[PRIMARY][1] = 0;
        assertNothingFound();
    }

    /** Queues of the port that share the only one of the device: there is none beside it that could move. */
    @Test
    void shouldNotMindRelays() {
        join(PRIMARY, 1);
        join(STANDBY, QUEUES);
        awaitActive(PRIMARY);
        traffic.every[PRIMARY][0] = 1000;
        assertNothingFound();
    }
}
