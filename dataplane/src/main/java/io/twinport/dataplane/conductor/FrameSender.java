package io.twinport.dataplane.conductor;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.lang.foreign.Arena;
import java.util.function.Consumer;
import org.agrona.UnsafeApi;

/** Has a poll loop send a few frames of a control thread. For one thread. */
public final class FrameSender implements Consumer<byte[]> {
    /** No lcore: it has no mempool cache, and needs none for a handful of frames. */
    private static final int NO_LCORE = -1;

    private final LoopProxy queue;
    private final long allocator =
            Arena.global().allocate(MbufAllocator.LENGTH, Long.BYTES).address();
    private final MbufBurst single = new MbufBurst();

    /** @param queue of the port that sends */
    public FrameSender(LoopProxy queue, MbufPool pool) {
        this.queue = queue;
        MbufAllocator.write(allocator, pool, NO_LCORE);
    }

    /** Sends a complete frame; where there is no mbuf for it, or the loop does not listen, it is dropped. */
    @Override
    public void accept(byte[] frame) {
        if (MbufAllocator.allocate(allocator, single.address(), 1) == 0) {
            return;
        }
        long mbuf = single.get(0);
        long data = Mbuf.data(mbuf);
        for (int i = 0; i < frame.length; i++) {
            UnsafeApi.putByte(data + i, frame[i]);
        }
        Mbuf.length(mbuf, frame.length);
        try {
            queue.inject(mbuf);
        } catch (IllegalStateException e) {
            // A loop that is stuck has other troubles, and is not helped by an exception here.
            single.free(0, 1);
        }
    }
}
