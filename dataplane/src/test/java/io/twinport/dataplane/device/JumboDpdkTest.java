package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.QueueFunctions;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * U5: frames of 9000 bytes and their header through a failover port, in one mbuf or in several, by the primary and after
 * its link was cut by the standby; each byte is looked at.
 */
class JumboDpdkTest {
    private static final int MTU = 9000;
    private static final int LENGTH = MTU + 14;
    private static final int FRAMES = 200;
    private static final int BURST = 8;

    @TempDir
    Path folder;

    private final long array = Frames.array(MbufBurst.CAPACITY);
    private final AtomicInteger mostSegments = new AtomicInteger();

    @Test
    void shouldCarryLongFramesInOneMbuf() throws Exception {
        carry(9216);
        assertEquals(1, mostSegments.get());
    }

    /** Both sides can SCATTER and MULTI_SEGS, so 2 KB are enough. */
    @Test
    void shouldCarryLongFramesInSeveralMbufs() throws Exception {
        carry(MbufPool.DEFAULT_ROOM);
        assertTrue(mostSegments.get() > 1, "the frames came in one mbuf");
    }

    private void carry(int room) throws Exception {
        LoopRig rig = new LoopRig(folder, () -> MbufPool.create("rig", 4095, room));
        MbufPool farPool = MbufPool.create("far", 2047, 9216);
        PacketHandler echo = new Echo(rig.queue());
        PollLoop loop = rig.newLoop(echo, rig.queue());
        rig.start(loop, echo);
        PortConfiguration port =
                new PortConfiguration("jumbo", rig.pool(), rig.events(), List.of(loop.proxy(0)), Offloads.NONE);
        port.setMtu(MTU);
        VirtioWire[] wires = new VirtioWire[2];
        Member[] members = new Member[2];
        for (int i = 0; i < 2; i++) {
            wires[i] = VirtioWire.lay(folder, i, "02:00:00:00:00:01", far -> {
                far.configure(farPool);
                far.start();
            });
            members[i] = port.join(Sides.PRIMARY + i, new EthSide(wires[i].near()), false);
            assertEquals(MTU, wires[i].near().mtu());
        }
        assertEquals(MTU, port.mtu());
        Await.until("the primary transmits", () -> rig.counters().activeSide() == Sides.PRIMARY);
        EalWorker.run(() -> exchange(wires[0].far(), farPool));
        wires[0].cut();
        Await.until("the standby transmits", () -> rig.counters().activeSide() == Sides.STANDBY);
        EalWorker.run(() -> exchange(wires[1].far(), farPool));

        for (int i = 0; i < 2; i++) {
            assertTrue(members[i].side().letGo());
            members[i].stop();
            members[i].leave();
            assertEquals(MtuBounds.ETHERNET, members[i].dev().mtu());
            members[i].dev().remove();
            wires[i].far().stop();
            wires[i].far().remove();
        }
        rig.close();
        assertEquals(farPool.size(), farPool.available());
        farPool.close();
    }

    private void exchange(EthDev far, MbufPool pool) {
        MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
        QueueFunctions queue = far.queue();
        long back = 0;
        for (long sent = 0; sent < FRAMES; sent += BURST) {
            assertEquals(BURST, allocator.allocate(array, BURST));
            for (int i = 0; i < BURST; i++) {
                Frames.write(Frames.get(array, i), sent + i, LENGTH);
            }
            for (int taken = 0; taken < BURST; ) {
                taken += Burst.call(queue.txFunction(), queue.txQueue(), Frames.from(array, taken), BURST - taken);
            }
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (back < sent + BURST) {
                int n = Burst.call(queue.rxFunction(), queue.rxQueue(), array, MbufBurst.CAPACITY);
                for (int i = 0; i < n; i++) {
                    assertEquals(LENGTH, Mbuf.packetLength(Frames.get(array, i)));
                    assertTrue(Mbuf.isContiguous(Frames.get(array, i)));
                    assertEquals(back++, Frames.numberOf(Frames.get(array, i)));
                }
                Mbuf.free(array, n);
                String came =
                        back + " of " + (sent + BURST) + " frames came back by " + far + ", far end " + far.stats();
                assertTrue(System.nanoTime() < deadline, came);
            }
        }
    }

    /** Sends back what it receives, as it is. */
    private final class Echo implements PacketHandler {
        private final FailoverQueue port;
        private final MbufBurst burst = new MbufBurst();

        Echo(FailoverQueue port) {
            this.port = port;
        }

        @Override
        public int poll() {
            int received = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
            for (int i = 0; i < received; i++) {
                mostSegments.set(Math.max(mostSegments.get(), Mbuf.segments(burst.get(i))));
            }
            burst.free(port.txBurst(burst.address(), received), received);
            return received;
        }
    }
}
