package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dataplane.line.TransmitRelay;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.EalThread;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A device in several poll loops at once (U6), and one with fewer queues than its port (U7). Each queue of the port is a
 * bare one that sends numbered frames into a net_ring, whose queues give back what they were sent, and receives them.
 */
class SideQueuesDpdkTest {
    private static final int SIDE = 1;
    private static final int BURST = MbufBurst.CAPACITY;
    private static final int QUEUE_SHIFT = 32;
    private static final int ROUNDS = 20_000;

    @TempDir
    Path folder;

    private MbufPool pool;
    private CncFile cnc;
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<Pump> pumps = new ArrayList<>();
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<LoopProxy> queues = new ArrayList<>();

    /** Of each queue of the port the number of the frame that has to come next. */
    private final long[] next = new long[SideLine.MOST_QUEUES];

    /** One queue of the port, as it sends and receives in its loop. */
    private final class Pump implements PacketHandler {
        private final BarePort port = new BarePort();
        private final int queue;
        private final MbufBurst burst = new MbufBurst();
        private @Nullable MbufAllocator allocator;
        private volatile boolean sending;
        private volatile long sent;
        private volatile long received;
        private volatile long outOfOrder;
        private final AtomicBoolean blocks = new AtomicBoolean();
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        Pump(int queue) {
            this.queue = queue;
        }

        @Override
        public void start(MbufPool mbufs) {
            allocator = MbufAllocator.ofThisThread(mbufs);
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // the loop's own
        public int poll() {
            if (blocks.getAndSet(false)) {
                block();
            }
            int n = port.rxBurst(burst.address(), BURST);
            for (int i = 0; i < n; i++) {
                outOfOrder += isNext(burst.get(i)) ? 0 : 1;
            }
            burst.free(0, n);
            received += n;
            if (sending && allocator != null && pool.size() > 0) {
                Frames.allocate(allocator, burst.address(), 4, ((long) queue << QUEUE_SHIFT) + sent);
                int taken = port.txBurst(burst.address(), 4);
                sent += taken;
                burst.free(taken, 4);
            }
            return n;
        }

        private void block() {
            blocked.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Whether a frame is the next one of the queue that has sent it. All frames of a queue come out at one queue of the device, so
     * one thread at a time asks for it; a device of other numbers joins when all loops have left the one before.
     */
    private boolean isNext(long mbuf) {
        long number = Frames.numberOf(mbuf);
        int from = (int) (number >>> QUEUE_SHIFT);
        return number == ((long) from << QUEUE_SHIFT) + next[from]++;
    }

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("queues", 8191);
        cnc = CncFile.create(folder.resolve("queues.cnc"));
    }

    @AfterEach
    void end() {
        runners.forEach(AgentRunner::close);
        cnc.close();
        assertEquals(List.of(), errors);
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    /** Queue q is polled by loop q mod loops. */
    private void run(int queueCount, int loopCount) {
        for (int q = 0; q < queueCount; q++) {
            pumps.add(new Pump(q));
        }
        for (int l = 0; l < loopCount; l++) {
            List<Pump> mine = new ArrayList<>();
            for (int q = l; q < queueCount; q += loopCount) {
                mine.add(pumps.get(q));
            }
            PacketHandler handler = () -> {
                int work = 0;
                for (Pump pump : mine) {
                    work += pump.poll();
                }
                return work;
            };
            loops.add(new PollLoop(
                    "poll" + l, handler, mine.stream().map(pump -> pump.port).toList(), cnc.commands(l)));
            start(loops.getLast(), () -> mine.forEach(pump -> pump.start(pool)));
        }
        for (int q = 0; q < queueCount; q++) {
            queues.add(loops.get(q % loopCount).proxy(q / loopCount));
        }
    }

    /**
     * As {@link Lcore} does, but the thread may run on any CPU: on a machine that has more to do than it can one that is pinned
     * waits for seconds, and that is no fault of what is tested here.
     */
    private void start(PollLoop loop, Runnable beforeLoop) {
        AgentRunner runner = new AgentRunner(new NoOpIdleStrategy(), errors::add, null, loop);
        AgentRunner.startOnThread(
                runner,
                task -> new Thread(
                        () -> {
                            EalThread.register();
                            try {
                                beforeLoop.run();
                                task.run();
                            } finally {
                                EalThread.unregister();
                            }
                        },
                        loop.roleName()));
        runners.add(runner);
    }

    private Side join(int deviceQueues) {
        return join(EthDev.probe("net_ring0"), deviceQueues);
    }

    private Side join(EthDev dev, int deviceQueues) {
        return Side.join(new EthSide(dev, Optional.empty(), deviceQueues), pool, 0, queues, SIDE);
    }

    private void sendSome(int frames) {
        for (Pump pump : pumps) {
            pump.sending = true;
        }
        for (Pump pump : pumps) {
            long before = pump.sent;
            Await.until("queue " + pump.queue + " sends", () -> pump.sent - before >= frames);
        }
    }

    private void awaitAll() {
        pumps.forEach(pump -> pump.sending = false);
        for (PollLoop loop : loops) {
            long passes = loop.epoch().passes() + 2; // the last burst has been offered
            Await.until("the loop passes", () -> loop.epoch().passes() >= passes);
        }
        Await.until("all has arrived", () -> sum(true) == sum(false));
    }

    private long sum(boolean sent) {
        return pumps.stream()
                .mapToLong(pump -> sent ? pump.sent : pump.received)
                .sum();
    }

    private void assertDelivered(int deviceQueues) {
        for (Pump pump : pumps) {
            assertEquals(0, pump.outOfOrder, "a queue's frames have lost their order");
            assertEquals(pump.queue < deviceQueues, pump.received > 0, "at queue " + pump.queue);
        }
    }

    /** One loop with all queues, and a loop for each: as many queues as the device has. */
    @Test
    void shouldMoveFramesOfEachQueueInEachLoop() {
        run(2, 2);
        Side side = join(2);
        sendSome(10_000);
        awaitAll();
        assertDelivered(2);
        assertEquals(pumps.getFirst().sent, pumps.getFirst().received);
        assertTrue(side.remove());
    }

    /** U7, in one loop: two queues share a transmit queue. */
    @Test
    void shouldShareTransmitQueueWithinLoop() {
        run(4, 1);
        Side side = join(3);
        sendSome(10_000);
        awaitAll();
        assertDelivered(3);
        assertEquals(pumps.get(0).sent + pumps.get(3).sent, pumps.getFirst().received);
        assertTrue(side.remove());
    }

    /** U7, between loops: no two threads use one transmit queue, so frames are handed to the one that does. */
    @Test
    void shouldRelayFramesToLoopThatOwnsTransmitQueue() {
        run(4, 2);
        Side side = join(1);
        sendSome(10_000);
        awaitAll();
        assertDelivered(1);
        assertTrue(side.remove());
        assertEquals(0, side.stranded());
    }

    /**
     * U6, U7: under load the device is left by all loops before it is stopped; joined and left again and again, with other numbers
     * of queues. What was on its way to a queue that is shared comes before what is sent later, by whichever queue.
     */
    @Test
    void shouldLeaveWhileLoopsSend() {
        run(4, 2);
        long left = 0;
        for (int deviceQueues : new int[] {4, 1, 2, 3, 4, 1, 3, 2, 1, 4}) {
            EthDev dev = EthDev.probe("net_ring0");
            Side side = join(dev, deviceQueues);
            sendSome(500);
            assertTrue(side.letGo());
            pumps.forEach(pump -> pump.sending = false);
            side.stop();
            // What is in the rings of a net_ring nobody gets any more; here it is taken out by hand.
            left += side.stranded() + drain(dev, deviceQueues);
            assertEquals(sum(true), sum(false) + left);
            side.close();
            pumps.forEach(pump -> assertEquals(0, pump.outOfOrder, "a queue's frames have lost their order"));
            // Stranded are the last ones of each queue.
            pumps.forEach(pump -> next[pump.queue] = pump.sent);
        }
    }

    private long drain(EthDev dev, int deviceQueues) {
        dev.start();
        long array = Frames.array(BURST);
        long left = 0;
        for (int q = 0; q < deviceQueues; q++) {
            long line = TestLines.of(dev, q);
            int n;
            do {
                n = SideLine.receive(line, array, BURST);
                for (int i = 0; i < n; i++) {
                    assertTrue(isNext(Frames.get(array, i)), "a queue's frames have lost their order");
                }
                Mbuf.free(array, n);
                left += n;
            } while (n > 0);
        }
        dev.stop();
        return left;
    }

    /** Sends as much as it is allowed to, and receives nothing. */
    private final class Greedy implements PacketHandler {
        private final BarePort port = new BarePort();
        private final MbufBurst burst = new MbufBurst();

        @SuppressWarnings("NullAway.Init") // made by the thread that allocates
        private MbufAllocator allocator;

        private long sent;

        @Override
        public void start(MbufPool mbufs) {
            allocator = MbufAllocator.ofThisThread(mbufs);
        }

        @Override
        public int poll() {
            Frames.allocate(allocator, burst.address(), BURST, 0);
            int taken = port.txBurst(burst.address(), BURST);
            burst.free(taken, BURST);
            sent += taken;
            return taken;
        }
    }

    /**
     * U7: all queues want more than there is, those of the loop that owns the device's queue and those of others, with loops of
     * the same speed: each gets the same. Here the loops turn one after the other, and the wire takes so many frames a round.
     */
    @ParameterizedTest
    @CsvSource({"2, 1, 32", "2, 2, 32", "2, 2, 5", "4, 2, 32", "4, 2, 50", "4, 1, 8", "4, 4, 20", "3, 2, 16", "8, 2, 64"
    })
    void shouldGiveEachQueueTheSameUnderOverload(int queueCount, int loopCount, int taken) throws Exception {
        List<Greedy> greedy = new ArrayList<>();
        for (int q = 0; q < queueCount; q++) {
            greedy.add(new Greedy());
        }
        for (int l = 0; l < loopCount; l++) {
            List<Greedy> mine = new ArrayList<>();
            for (int q = l; q < queueCount; q += loopCount) {
                mine.add(greedy.get(q));
            }
            loops.add(new PollLoop(
                    "poll" + l,
                    () -> mine.stream().mapToInt(Greedy::poll).sum(),
                    mine.stream().map(one -> one.port).toList(),
                    cnc.commands(l)));
        }
        for (int q = 0; q < queueCount; q++) {
            queues.add(loops.get(q % loopCount).proxy(q / loopCount));
        }
        EalWorker.run(() -> {
            greedy.forEach(one -> one.start(pool));
            EthDev dev = EthDev.probe("net_ring0");
            Side side = turning(() -> join(dev, 1));
            long wire = TestLines.of(dev);
            long array = Frames.array(BURST);
            greedy.forEach(one -> one.sent = 0);
            for (int round = 0; round < ROUNDS; round++) {
                loops.forEach(PollLoop::doWork);
                int n = SideLine.receive(wire, array, Math.min(taken, BURST));
                Mbuf.free(array, n);
            }
            long[] sent = greedy.stream().mapToLong(one -> one.sent).toArray();
            // What waits in a relay is not sent yet: 512 frames at most.
            long mean = Arrays.stream(sent).sum() / queueCount;
            for (long one : sent) {
                assertEquals(mean, one, 0.1 * mean + TransmitRelay.SLOTS, () -> Arrays.toString(sent));
            }
            assertTrue(turning(side::letGo));
            for (int n; (n = SideLine.receive(wire, array, BURST)) > 0; ) {
                Mbuf.free(array, n);
            }
            side.stop();
            side.close();
        });
    }

    /** Does what waits for the loops, which turn here meanwhile. */
    private <T> T turning(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = Thread.ofPlatform().daemon().start(future);
        try {
            while (!future.isDone()) {
                loops.forEach(PollLoop::doWork);
            }
        } finally {
            thread.join(); // it gives up by itself, and uses the mapped file until then
        }
        return future.get();
    }

    /** U6: one loop that is stuck is enough to keep the device as it is. */
    @Test
    void shouldQuarantineDeviceThatOneLoopDoesNotLetGoOf() throws InterruptedException {
        run(2, 2);
        Side side = join(2);
        Pump stuck = pumps.get(1);
        stuck.blocks.set(true);
        stuck.blocked.await();

        assertFalse(side.letGo());
        assertThrows(IllegalStateException.class, side::stop);

        stuck.released.countDown();
        assertTrue(side.letGo(), "the next call waits on");
        assertTrue(side.remove());
    }

    /** A join that one loop cannot be told of is undone in the others. */
    @Test
    void shouldUndoJoinThatOneLoopCannotBeToldOf() {
        run(2, 1);
        PollLoop dead = new PollLoop("dead", () -> 0, List.of(new BarePort()), cnc.commands(5));
        assertThrows(IllegalStateException.class, () -> {
            while (true) {
                dead.proxy(0).leave(SIDE, 0);
            }
        });
        EthDev dev = EthDev.probe("net_ring0");
        List<LoopProxy> withDead = List.of(dead.proxy(0), queues.get(0), queues.get(1));
        assertThrows(
                IllegalStateException.class,
                () -> Side.join(new EthSide(dev, Optional.empty(), 3), pool, 0, withDead, SIDE));

        // A port that is started cannot be configured, and one whose queues are polled must not be.
        dev.configure(pool);
        dev.remove();
        sendNothing();
    }

    private void sendNothing() {
        pumps.forEach(pump -> pump.sending = true);
        long before = loops.getFirst().epoch().passes();
        Await.until("the loop passes", () -> loops.getFirst().epoch().passes() > before + 100);
        assertEquals(0, sum(true), "the loop has left the device");
    }
}
