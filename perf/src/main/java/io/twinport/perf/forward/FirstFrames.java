package io.twinport.perf.forward;

import io.twinport.control.Pause;
import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;

/** Puts frames into a device that only returns what it was given, by way of the loop that polls it. */
final class FirstFrames {
    private static final int NO_LCORE = -1;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private FirstFrames() {}

    /** Sends them on the loop's first member. */
    static void send(PollLoop loop, MbufPool pool, FrameSize size) {
        long allocator =
                Arena.global().allocate(MbufAllocator.LENGTH, Long.BYTES).address();
        MbufAllocator.write(allocator, pool, NO_LCORE);
        MbufBurst single = new MbufBurst();
        for (FrameSize.Share share : size.shares()) {
            for (int i = 0; i < share.bursts() * ForwardSetup.FRAMES_IN_BURST; i++) {
                if (MbufAllocator.allocate(allocator, single.address(), 1) == 0) {
                    throw new DpdkException("the pool has no mbuf for a frame that is to go round");
                }
                Mbuf.length(single.get(0), share.length());
                transmit(loop, single.get(0));
            }
        }
    }

    /** They are more than the loop's command ring takes at once. */
    private static void transmit(PollLoop loop, long mbuf) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (true) {
            try {
                loop.proxy(0).inject(mbuf);
                return;
            } catch (IllegalStateException full) {
                if (System.nanoTime() > deadline) {
                    throw full;
                }
                Pause.millis(1);
            }
        }
    }
}
