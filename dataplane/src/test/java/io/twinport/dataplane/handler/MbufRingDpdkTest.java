package io.twinport.dataplane.handler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MbufRingDpdkTest {
    private static final int BURST = MbufBurst.CAPACITY;
    private static final int FRAMES = 200_000;
    private static final int RING_BYTES = 8192;
    private static final int MESSAGE_BYTES = 272;

    private MbufPool pool;
    private MbufRing ring;
    private EthDev source;
    private EthDev target;
    private final long in = Frames.array(BURST);
    private final long out = Frames.array(BURST);

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("ring", 2047);
        ring = new MbufRing("ring", RING_BYTES);
        source = start("net_ring0");
        target = start("net_ring1");
    }

    @AfterEach
    void end() {
        for (EthDev dev : new EthDev[] {source, target}) {
            dev.stop();
            dev.remove();
        }
        ring.close();
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    /** rx_burst writes straight into the claimed slot, and tx_burst of the other thread reads straight out of it. */
    @Test
    void shouldCarryEachFrameOnceAndInOrder() throws Exception {
        FutureTask<Boolean> producer = EalWorker.start(this::produce);
        FutureTask<Boolean> consumer = EalWorker.start(this::consume);
        EalWorker.join(producer);
        EalWorker.join(consumer);
        assertEquals(FRAMES, target.stats().txFrames());
    }

    private void produce() {
        MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
        long line = TestLines.of(source);
        for (int number = 0; number < FRAMES; number += BURST) {
            Frames.allocate(allocator, in, BURST, number);
            assertEquals(BURST, SideLine.transmit(line, in, BURST));
            long slot;
            while ((slot = ring.claim()) == 0) {
                LockSupport.parkNanos(1000);
            }
            int received = SideLine.receive(line, slot, BURST);
            assertEquals(BURST, received);
            ring.publish(received);
        }
    }

    private void consume() {
        long line = TestLines.of(target);
        long[] next = new long[1];
        MessageHandler handler = ring.handler((packets, count) -> {
            assertEquals(count, SideLine.transmit(line, packets, count));
            assertEquals(count, SideLine.receive(line, out, BURST));
            for (int i = 0; i < count; i++) {
                assertEquals(next[0]++, Frames.numberOf(Frames.get(out, i)));
            }
            Mbuf.free(out, count);
        });
        while (next[0] < FRAMES) {
            if (ring.read(handler, 4) == 0) {
                LockSupport.parkNanos(1000);
            }
        }
    }

    @Test
    void shouldGiveSameSlotUntilItIsPublished() {
        long first = ring.claim();
        assertEquals(first, ring.claim());
        ring.publish(0);
        assertNotEquals(first, ring.claim());
        ring.publish(0);
    }

    @Test
    void shouldGiveNothingWhenFullAndGoOnWhenRead() {
        int bursts = 0;
        while (ring.claim() != 0) {
            ring.publish(bursts++);
        }
        assertEquals(RING_BYTES / MESSAGE_BYTES, bursts);
        assertEquals(0, ring.claim());

        int[] counts = new int[1];
        MessageHandler handler = ring.handler((packets, count) -> assertEquals(counts[0]++, count));
        assertEquals(1, ring.read(handler, 1));
        while (ring.read(handler, 100) != 0) {}
        assertEquals(bursts, counts[0]);
        assertNotEquals(0, ring.claim());
    }

    private EthDev start(String devargs) {
        EthDev dev = EthDev.probe(devargs);
        dev.configure(pool);
        dev.start();
        return dev;
    }
}
