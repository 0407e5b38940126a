package io.twinport.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.Command;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.posix.Affinity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device in several poll loops at once (U6), and one with fewer queues than its port (U7). Each queue of the port is a
 * bare one that sends numbered frames into a net_ring, whose queues give back what they were sent, and receives them.
 */
class SideQueuesDpdkTest {
    private static final int SIDE = 1;
    private static final int BURST = MbufBurst.CAPACITY;
    private static final int QUEUE_SHIFT = 32;

    @TempDir
    Path folder;

    private MbufPool pool;
    private CncFile cnc;
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final List<Lcore> lcores = new ArrayList<>();
    private final List<Pump> pumps = new ArrayList<>();
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<PortQueue> queues = new ArrayList<>();

    /** One queue of the port, as it sends and receives in its loop. */
    private final class Pump implements PacketHandler {
        private final BarePort port = new BarePort();
        private final int queue;
        private final MbufBurst burst = new MbufBurst();
        private final long[] next;
        private @Nullable MbufAllocator allocator;
        private volatile boolean sending;
        private volatile long sent;
        private volatile long received;
        private volatile long outOfOrder;
        private final AtomicBoolean blocks = new AtomicBoolean();
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        Pump(int queue, int queues) {
            this.queue = queue;
            this.next = new long[queues];
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
                long number = Frames.numberOf(burst.get(i));
                int from = (int) (number >>> QUEUE_SHIFT);
                outOfOrder += number == ((long) from << QUEUE_SHIFT) + next[from]++ ? 0 : 1;
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

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("queues", 8191);
        cnc = CncFile.create(folder.resolve("queues.cnc"));
    }

    @AfterEach
    void end() {
        lcores.forEach(Lcore::close);
        cnc.close();
        assertEquals(List.of(), errors);
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    /** Queue q is polled by loop q mod loops. */
    private void run(int queueCount, int loopCount) {
        for (int q = 0; q < queueCount; q++) {
            pumps.add(new Pump(q, queueCount));
        }
        List<Integer> cpus = new ArrayList<>(Affinity.ofThisProcess());
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
            int cpu = cpus.get(cpus.size() - 1 - l % cpus.size());
            lcores.add(Lcore.start(cpu, loops.getLast(), () -> mine.forEach(pump -> pump.start(pool)), errors::add));
        }
        for (int q = 0; q < queueCount; q++) {
            queues.add(new PortQueue(loops.get(q % loopCount), q / loopCount));
        }
    }

    private Side join(int deviceQueues) {
        return Side.join(new EthSide(EthDev.probe("net_ring0"), Optional.empty(), deviceQueues), pool, 0, queues, SIDE);
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

    /** U6: under load the device is left by all loops before it is stopped; joined and left again and again. */
    @Test
    void shouldLeaveWhileLoopsSend() {
        run(4, 2);
        long left = 0;
        for (int deviceQueues : new int[] {4, 1, 2, 3, 4, 1}) {
            EthDev dev = EthDev.probe("net_ring0");
            Side side = Side.join(new EthSide(dev, Optional.empty(), deviceQueues), pool, 0, queues, SIDE);
            sendSome(500);
            assertTrue(side.letGo());
            pumps.forEach(pump -> pump.sending = false);
            assertEquals(DeviceState.DRAINING, side.state());
            side.stop();
            // What is in the rings of a net_ring nobody gets any more; here it is taken out by hand.
            left += side.stranded() + drain(dev, deviceQueues);
            assertEquals(sum(true), sum(false) + left);
            side.dev().remove();
        }
    }

    private static long drain(EthDev dev, int deviceQueues) {
        dev.start();
        long array = Frames.array(BURST);
        long left = 0;
        for (int q = 0; q < deviceQueues; q++) {
            long line = TestLines.of(dev, q);
            int n;
            do {
                n = SideLine.receive(line, array, BURST);
                Mbuf.free(array, n);
                left += n;
            } while (n > 0);
        }
        dev.stop();
        return left;
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
        assertEquals(DeviceState.QUARANTINED, side.state());

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
                Command.send(dead.commands(), Command.LEAVE, 0, SIDE, 0);
            }
        });
        EthDev dev = EthDev.probe("net_ring0");
        List<PortQueue> withDead = List.of(new PortQueue(dead, 0), queues.get(0), queues.get(1));
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
