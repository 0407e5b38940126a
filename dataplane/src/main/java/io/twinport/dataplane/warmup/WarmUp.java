package io.twinport.dataplane.warmup;

import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.failover.HoldSettings;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.failover.ReceiveSettings;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dataplane.virtqueue.QueueFormat;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.EventSet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.agrona.collections.MutableInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;

/**
 * Runs ports through all that may happen to one before the first real switch, which is the one that counts: code that the
 * JIT has never seen run, or of which it has never seen one branch taken, costs 50 us to 7 ms there. The ports are scratch
 * ones over pairs of devices of each kind; the code is that of all ports.
 */
public final class WarmUp {
    /** Between two looks at the clock. */
    private static final int ROUNDS = 256;

    /** So that some switches find the window of the last one open, and some do not. */
    private static final Duration LONGEST_WINDOW = Duration.ofNanos(20_000);

    private static final Duration LONGEST_HOLD = Duration.ofNanos(100_000);

    /** For a failback, and for a primary to settle: most rounds of few polls end before it, and those of many after it. */
    private static final Duration LONGEST_WAIT = Duration.ofNanos(20_000);

    /** It is over when for so long no {@link #ROUNDS} were faster by a {@link #NOTABLE} part: the JIT has caught up. */
    private static final long STEADY_NANOS = 300_000_000;

    private static final long LONGEST_NANOS = 5_000_000_000L;
    private static final double NOTABLE = 0.1;

    private static final int MBUFS = 2047;
    private static final int COUNTERS = 256;

    private WarmUp() {}

    /**
     * Takes one to five seconds, on a thread that is registered with EAL. It need not be a loop's, nor have ended before the
     * first packet: the code is everybody's.
     *
     * @param stop asked all the time; true ends it early
     * @param settings of the port: each way of receiving, of failing back and of keeping frames has code of its own
     * @param queues of the port: of a port with one the code of those that follow is not even loaded
     */
    public static void run(PortSettings settings, int queues, BooleanSupplier stop) {
        try (MbufPool pool = MbufPool.create("twinport-warm-up", MBUFS)) {
            run(pool, brief(settings), queues, stop);
        }
    }

    static void run(MbufPool pool, PortSettings settings, int queues, BooleanSupplier stop) {
        ManyToOneRingBuffer ring = new ManyToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect((1 << 16) + RingBufferDescriptor.TRAILER_LENGTH)));
        CountersManager counters = new CountersManager(
                new UnsafeBuffer(ByteBuffer.allocateDirect(COUNTERS * CountersManager.METADATA_LENGTH)),
                new UnsafeBuffer(ByteBuffer.allocateDirect(COUNTERS * CountersManager.COUNTER_LENGTH)));
        PortSettings atOnce = settings.with(brief(FailbackSettings.AT_ONCE));
        try (EventSet reader = new EventSet(1);
                ScratchPort virtio = new ScratchPort(
                        pool,
                        settings,
                        new ScratchDevice(pool, TxCompletion.REAPED_REFERENCES),
                        new ScratchDevice(pool, TxCompletion.REAPED_REFERENCES),
                        counters,
                        new PortEvents(ring, reader));
                ScratchPort nic = new ScratchPort(
                        pool,
                        atOnce,
                        new ScratchDevice(pool, TxCompletion.DESCRIPTORS),
                        new VirtioMirror(QueueFormat.SPLIT, pool),
                        counters,
                        new PortEvents(ring, reader));
                ScratchPort vhost = new ScratchPort(
                        pool,
                        atOnce,
                        new VirtioMirror(QueueFormat.PACKED_IN_ORDER, pool),
                        new VirtioMirror(QueueFormat.PACKED, pool),
                        counters,
                        new PortEvents(ring, reader));
                ScratchPort other = new ScratchPort(
                        pool,
                        atOnce,
                        new ScratchDevice(pool, TxCompletion.AT_ONCE),
                        new ScratchDevice(pool, TxCompletion.TIME),
                        counters,
                        new PortEvents(ring, reader))) {
            if (queues > 1) {
                virtio.follow(pool, counters);
            }
            MutableInteger told = new MutableInteger();
            untilSteady(stop, i -> {
                virtio.round(i);
                nic.round(i);
                vhost.round(i);
                other.round(i);
                ring.read((type, buffer, index, length) -> told.increment());
            });
        }
    }

    private static void untilSteady(BooleanSupplier stop, IntConsumer round) {
        long start = System.nanoTime();
        long last = start;
        long fastest = Long.MAX_VALUE;
        long fastestAt = start;
        int i = 0;
        boolean stopped = false;
        while (last - fastestAt < STEADY_NANOS && last - start < LONGEST_NANOS && !stopped) {
            for (int end = i + ROUNDS; i < end && !stopped; i++) {
                round.accept(i);
                stopped = stop.getAsBoolean();
            }
            long now = System.nanoTime();
            if (now - last < fastest * (1 - NOTABLE)) {
                fastest = now - last;
                fastestAt = now;
            }
            last = now;
        }
    }

    /** With waits that end within a few rounds. */
    private static PortSettings brief(PortSettings settings) {
        ReceiveSettings receive = settings.receive();
        return settings.with(new ReceiveSettings(
                        receive.mode(), receive.lookback(), shorter(receive.window(), LONGEST_WINDOW)))
                .with(HoldSettings.of(shorter(settings.hold().time(), LONGEST_HOLD)))
                .with(brief(settings.failback()));
    }

    private static FailbackSettings brief(FailbackSettings failback) {
        return new FailbackSettings(
                failback.mode(), shorter(failback.delay(), LONGEST_WAIT), failback.damping(), LONGEST_WAIT);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
