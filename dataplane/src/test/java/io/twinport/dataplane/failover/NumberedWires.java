package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.handler.Pacer;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Frames;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends numbered frames on a failover port, and takes out at both far ends what arrives: which frames were taken, and
 * which have arrived. Its numbers are read when the loop has ended.
 */
final class NumberedWires implements PacketHandler {
    private static final int PACKETS_PER_SECOND = 200_000;
    private static final int BURST = MbufBurst.CAPACITY;

    private final PacketPort port;
    private final BarePort[] far;
    private final Pacer pacer = new Pacer(PACKETS_PER_SECOND);
    private final MbufBurst burst = new MbufBurst();
    private final long[] last;
    private final BitSet taken = new BitSet();
    private final BitSet arrived = new BitSet();
    private @Nullable MbufAllocator allocator;
    private volatile boolean sending;
    private int number;
    private int duplicated;
    private int reordered;

    NumberedWires(PacketPort port, BarePort... far) {
        this.port = port;
        this.far = far;
        this.last = new long[far.length];
    }

    void sending(boolean on) {
        sending = on;
    }

    @Override
    public void start(MbufPool pool) {
        allocator = MbufAllocator.ofThisThread(pool);
    }

    @Override
    public int poll() {
        int work = port.rxBurst(burst.address(), BURST);
        burst.free(0, work);
        if (sending) {
            send();
        }
        for (int end = 0; end < far.length; end++) {
            work += receive(end);
        }
        return work;
    }

    private void send() {
        int count = pacer.allowance(BURST);
        if (count == 0) {
            return;
        }
        Frames.allocate(Objects.requireNonNull(allocator), burst.address(), count, number);
        int sent = port.txBurst(burst.address(), count);
        taken.set(number, number + sent);
        number += count;
        pacer.took(count);
        burst.free(sent, count);
    }

    private int receive(int end) {
        int count = far[end].rxBurst(burst.address(), BURST);
        for (int i = 0; i < count; i++) {
            int found = (int) Frames.numberOf(burst.get(i));
            duplicated += arrived.get(found) ? 1 : 0;
            reordered += found < last[end] ? 1 : 0;
            last[end] = found;
            arrived.set(found);
        }
        Mbuf.free(burst.address(), count);
        return count;
    }

    /** Frames offered to the port. */
    int offered() {
        return number;
    }

    /** Frames that the port took. */
    BitSet taken() {
        return taken;
    }

    /** Frames that have arrived at either far end. */
    BitSet arrived() {
        return arrived;
    }

    int duplicated() {
        return duplicated;
    }

    /** Frames that arrived at one far end after a later one. */
    int reordered() {
        return reordered;
    }
}
