package io.twinport.perf.failover;

import io.twinport.dataplane.Sides;

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
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;

/**
 * What the poll loop of {@code baseline/failover.c} does: receives, sends a burst of 32 if one is due, receives at both
 * far ends, and counts.
 */
final class FailoverTraffic implements PacketHandler {
    /** Length of a slot of {@link #arrivals}. */
    static final long SLOT_NANOS = 10_000;

    static final int SLOTS = 1024;

    private static final int FRAME = 64;
    private static final int NUMBER_AT = 16;
    private static final long BACKLOG_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final PacketPort near;
    private final @Nullable Arrivals numbers;
    private final BarePort[] far;
    private final long gapNanos;
    private final MbufBurst burst = new MbufBurst();
    private final int[][] arrivals = new int[Sides.STANDBY + 1][SLOTS];
    // Written by the poll thread, by release stores; read by the control thread.
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();
    private final AtomicLong passes = new AtomicLong();
    private volatile boolean sending;
    private volatile long recordFrom = Long.MAX_VALUE;
    private @Nullable MbufAllocator allocator;
    private long dueNanos;
    private long duplicatedBefore;

    /**
     * @param far the far ends by side, {@link Sides#PRIMARY} and {@code STANDBY}
     * @param packetsPerSecond 0 for as fast as possible
     * @param isNumbered whether the frames are numbered, so that one that comes twice does not pass for one that is lost
     */
    FailoverTraffic(PacketPort near, BarePort[] far, long packetsPerSecond, boolean isNumbered) {
        this.near = near;
        this.numbers = isNumbered ? new Arrivals() : null;
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
        received += receive(Sides.PRIMARY, now) + receive(Sides.STANDBY, now);
        passes.setRelease(passes.getPlain() + 1);
        return received;
    }

    private void send() {
        int count = Objects.requireNonNull(allocator).allocate(burst.address(), MbufBurst.CAPACITY);
        for (int i = 0; i < count; i++) {
            Mbuf.length(burst.get(i), FRAME);
        }
        if (numbers != null) {
            number(count);
        }
        int taken = near.txBurst(burst.address(), count);
        burst.free(taken, count);
        sent.setRelease(sent.getPlain() + taken);
        refused.setRelease(refused.getPlain() + count - taken);
    }

    /** Those that the port does not take give their numbers back. */
    private void number(int count) {
        long next = sent.getPlain();
        for (int i = 0; i < count; i++) {
            UnsafeApi.putLong(Mbuf.data(burst.get(i)) + NUMBER_AT, next + i);
        }
    }

    private int receive(int side, long now) {
        int count = far[side].rxBurst(burst.address(), MbufBurst.CAPACITY);
        if (count > 0) {
            if (numbers != null) {
                account(numbers, count);
            }
            burst.free(0, count);
            arrived.setRelease(arrived.getPlain() + count);
            long since = now - recordFrom;
            if (since >= 0 && since < SLOTS * SLOT_NANOS) {
                arrivals[side][(int) (since / SLOT_NANOS)] += count;
            }
        }
        return count;
    }

    private void account(Arrivals into, int count) {
        for (int i = 0; i < count; i++) {
            into.arrived(UnsafeApi.getLong(Mbuf.data(burst.get(i)) + NUMBER_AT));
        }
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

    /** Frames that are missing: lost, or under way. */
    long missing() {
        return sent() - arrived() + Math.max(0, duplicated());
    }

    /** What arrives from now on is looked at; only while nothing is under way. */
    void beginNumbers() {
        if (numbers != null) {
            duplicatedBefore += numbers.duplicated();
            numbers.begin(sent());
        }
    }

    /** Frames that have come more than once, since the start; -1 if they have no numbers. */
    long duplicated() {
        return numbers == null ? Cut.UNKNOWN : duplicatedBefore + numbers.duplicated();
    }

    /** Frames that came after a later one since {@link #beginNumbers}; -1 if they have no numbers. */
    long reordered() {
        return numbers == null ? Cut.UNKNOWN : numbers.reordered();
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
