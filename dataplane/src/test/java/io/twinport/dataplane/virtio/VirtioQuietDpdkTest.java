package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.virtqueue.QueueFormat;
import io.twinport.dataplane.warmup.VirtioMirror;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.TestEal;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As {@code PollLoopAllocationDpdkTest}, for the code that no virtual DPDK device runs. */
class VirtioQuietDpdkTest {
    private static final int BURSTS = 1_000_000;
    private static final int WARM_UP = 100_000;

    @ParameterizedTest
    @EnumSource(QueueFormat.class)
    void shouldAllocateNothingInAMillionBursts(QueueFormat format) throws Exception {
        TestEal.start();
        MbufPool pool = MbufPool.create("quiet", 2047);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        EalWorker.run(() -> {
            try (VirtioMirror mirror = new VirtioMirror(format, pool)) {
                long line = mirror.line();
                SideLine.enter(line);
                MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
                MbufBurst burst = new MbufBurst();
                forward(line, mirror, allocator, burst, WARM_UP);
                long id = Thread.currentThread().threadId();
                long before = threads.getThreadAllocatedBytes(id);
                long start = System.nanoTime();
                long frames = forward(line, mirror, allocator, burst, BURSTS);
                long nanos = System.nanoTime() - start;
                assertEquals(before, threads.getThreadAllocatedBytes(id));
                assertEquals(BURSTS * 2L, frames);
                System.out.println(
                        format + ": 2 received and 8 sent: " + nanos / BURSTS + " ns, the device's end included");
            }
        });
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    private static long forward(long line, VirtioMirror mirror, MbufAllocator allocator, MbufBurst burst, int bursts) {
        long frames = 0;
        for (int i = 0; i < bursts; i++) {
            int n = allocator.allocate(burst.address(), 8);
            for (int j = 0; j < n; j++) {
                Mbuf.length(burst.get(j), 60);
            }
            int sent = SideLine.transmit(line, burst.address(), n);
            burst.free(sent, n);
            mirror.turn();
            int received = SideLine.receive(line, burst.address(), MbufBurst.CAPACITY);
            burst.free(0, received);
            frames += received;
        }
        return frames;
    }
}
