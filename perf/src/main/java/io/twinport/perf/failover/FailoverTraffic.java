package io.twinport.perf.failover;

import io.twinport.dataplane.BarePort;
import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the poll loop of {@code baseline/failover.c} does: receives, sends a burst of 32 if one is due, receives at both
 * far ends, and counts.
 */
final class FailoverTraffic implements PacketHandler {
    /** Length of a slot of {@link #arrivals}. */
    static final long SLOT_NANOS = 10_000;

    static final int SLOTS = 512;

    private static final int FRAME = 64;
    private static final long BACKLOG_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final PacketPort near;
    private final BarePort[] far;
    private final long gapNanos;
    private final MbufBurst burst = new MbufBurst();
    private final int[][] arrivals = new int[FailoverPolicy.STANDBY + 1][SLOTS];
    // Written by the poll thread, by release stores; read by the control thread.
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();
    private final AtomicLong passes = new AtomicLong();
    private volatile boolean sending;
    private volatile long recordFrom = Long.MAX_VALUE;
    private @Nullable MbufAllocator allocator;
    private long dueNanos;

    /**
     * @param far the far ends by side, {@link FailoverPolicy#PRIMARY} and {@code STANDBY}
     * @param packetsPerSecond 0 for as fast as possible
     */
    FailoverTraffic(PacketPort near, BarePort[] far, long packetsPerSecond) {
        this.near = near;
        this.far = far;
        this.gapNanos = packetsPerSecond == 0 ? 0 : MbufBurst.CAPACITY * 1_000_000_000L / packetsPerSecond;
    }

    @Override
    public void start(MbufPool pool) {
        allocator = MbufAllocator.ofThisThread(pool);
        dueNanos = System.nanoTime();
    }

    @Override
    public int poll() {
        long now = System.nanoTime();
        int received = near.rxBurst(burst.address(), MbufBurst.CAPACITY);
        burst.free(0, received);
        if (sending && now - dueNanos >= 0) {
            dueNanos = Math.max(dueNanos + gapNanos, now - BACKLOG_NANOS);
            send();
        }
        received += receive(FailoverPolicy.PRIMARY, now) + receive(FailoverPolicy.STANDBY, now);
        passes.setRelease(passes.getPlain() + 1);
        return received;
    }

    private void send() {
        int count = Objects.requireNonNull(allocator).allocate(burst.address(), MbufBurst.CAPACITY);
        for (int i = 0; i < count; i++) {
            Mbuf.length(burst.get(i), FRAME);
        }
        int taken = near.txBurst(burst.address(), count);
        burst.free(taken, count);
        sent.setRelease(sent.getPlain() + taken);
        refused.setRelease(refused.getPlain() + count - taken);
    }

    private int receive(int side, long now) {
        int count = far[side].rxBurst(burst.address(), MbufBurst.CAPACITY);
        if (count > 0) {
            burst.free(0, count);
            arrived.setRelease(arrived.getPlain() + count);
            long since = now - recordFrom;
            if (since >= 0 && since < SLOTS * SLOT_NANOS) {
                arrivals[side][(int) (since / SLOT_NANOS)] += count;
            }
        }
        return count;
    }

    /** Starts or ends the sending; receiving goes on. Any thread, as all the methods that follow. */
    void sending(boolean on) {
        sending = on;
    }

    /** Frames that the port has taken. */
    long sent() {
        return sent.getAcquire();
    }

    long refused() {
        return refused.getAcquire();
    }

    /** Frames that have come to the far ends. */
    long arrived() {
        return arrived.getAcquire();
    }

    long passes() {
        return passes.getAcquire();
    }

    /** From now on arrivals are recorded, until {@link #endRecord}, at most for all slots' time. */
    long beginRecord() {
        for (int[] slots : arrivals) {
            Arrays.fill(slots, 0);
        }
        long now = System.nanoTime();
        recordFrom = now;
        return now;
    }

    void endRecord() {
        recordFrom = Long.MAX_VALUE;
    }

    /** Frames that came to a side's far end in each slot of the record, after its end. */
    int[] arrivals(int side) {
        return arrivals[side].clone();
    }
}
