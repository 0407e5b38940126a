package io.twinport.control.lab;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.handler.Pacer;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Numbered frames through a failover port and its two far ends, all on one poll thread. Towards the far ends always;
 * back from them if wanted, on the side from which the last frame came, as a switch that learns addresses would.
 */
final class NumberedTraffic implements PacketHandler {
    private static final long NEAR = 0x02_00_00_00_00_01L;
    private static final long FAR = 0x02_00_00_00_00_02L;
    private static final int PUBLISH_PASSES = 256;

    /** More than there are sides. */
    private static final int WAYS = 4;

    private final FailoverQueue near;
    private final BarePort[] far;
    private final Disruptions disruptions;
    private final Payloads payloads;
    private final @Nullable Stream back;
    private final Stream out;
    private final MbufBurst burst = new MbufBurst();
    private final long[] received = new long[Sides.STANDBY + 1];
    private volatile boolean sending;
    private volatile long progress;
    private @Nullable MbufAllocator allocator;
    private int learnedSide = Sides.PRIMARY;
    private int pass;

    /** One direction: its numbers, its pace and its ledger. */
    static final class Stream {
        private final FrameLedger ledger = new FrameLedger(Sides.PRIMARY);
        private final Pacer pacer;
        private long number;
        private long refused;

        private Stream(long packetsPerSecond) {
            this.pacer = new Pacer(packetsPerSecond);
        }

        /** Numbers offered. */
        long sent() {
            return number;
        }

        /** Numbers that the port did not take. */
        long refused() {
            return refused;
        }

        FrameLedger ledger() {
            return ledger;
        }
    }

    /**
     * @param far the far ends by side, {@link Sides#PRIMARY} and {@code STANDBY}
     * @param disruptions of the wires
     * @param packetsPerSecond in each direction, 0 for as fast as possible
     */
    NumberedTraffic(
            FailoverQueue near,
            BarePort[] far,
            Disruptions disruptions,
            Payloads payloads,
            long packetsPerSecond,
            boolean both) {
        this.near = near;
        this.far = far;
        this.disruptions = disruptions;
        this.payloads = payloads;
        this.out = new Stream(packetsPerSecond);
        this.back = both ? new Stream(packetsPerSecond) : null;
    }

    /** Starts or ends the sending; receiving goes on. Any thread. */
    void sending(boolean on) {
        sending = on;
    }

    /** Frames that have arrived so far, both directions; any thread, a little behind. */
    long progress() {
        return progress;
    }

    /** Frames of the failover port that have arrived at a side's far end, any number of times; after the loop's end. */
    long receivedAtFarEnd(int side) {
        return received[side];
    }

    /** From the failover port to the far ends; after the loop's end. */
    Stream out() {
        return out;
    }

    /** From the far ends to the failover port, null if it was not wanted; after the loop's end. */
    @Nullable
    Stream back() {
        return back;
    }

    @Override
    public void start(MbufPool pool) {
        allocator = MbufAllocator.ofThisThread(pool);
    }

    @Override
    public int poll() {
        int work = receiveAtNearEnd();
        if (sending) {
            send(out, near, FAR, NEAR);
        }
        work += receiveAtFarEnd(Sides.PRIMARY) + receiveAtFarEnd(Sides.STANDBY);
        if (sending && back != null) {
            send(back, far[learnedSide], NEAR, FAR);
        }
        if (++pass % PUBLISH_PASSES == 0) {
            progress = out.ledger.delivered() + (back == null ? 0 : back.ledger.delivered());
        }
        return work;
    }

    private void send(Stream stream, PacketPort port, long destination, long source) {
        int wanted = stream.pacer.allowance(MbufBurst.CAPACITY);
        int count = wanted == 0 ? 0 : Objects.requireNonNull(allocator).allocate(burst.address(), wanted);
        for (int i = 0; i < count; i++) {
            long mbuf = burst.get(i);
            long frame = Mbuf.data(mbuf);
            NumberedFrame.write(frame, destination, source, stream.number, stream.refused);
            Mbuf.length(mbuf, payloads.write(stream.number, frame));
            stream.number++;
        }
        int sent = port.txBurst(burst.address(), count);
        stream.pacer.took(count);
        stream.refused += count - sent;
        burst.free(sent, count);
    }

    private int receiveAtNearEnd() {
        int n = near.rxBurst(burst.address(), MbufBurst.CAPACITY);
        if (back != null) {
            account(back, n, near.activeSide());
        }
        burst.free(0, n);
        return n;
    }

    /** Until it is empty: what is under way on the former side must not be overtaken in this one thread. */
    private int receiveAtFarEnd(int side) {
        int all = 0;
        int n;
        do {
            n = far[side].rxBurst(burst.address(), MbufBurst.CAPACITY);
            account(out, n, side);
            burst.free(0, n);
            all += n;
        } while (n == MbufBurst.CAPACITY);
        if (all > 0) {
            learnedSide = side;
            received[side] += all;
        }
        return all;
    }

    private void account(Stream stream, int count, int side) {
        int way = side + disruptions.of(side) * WAYS;
        for (int i = 0; i < count; i++) {
            long mbuf = burst.get(i);
            long frame = Mbuf.data(mbuf);
            int length = Mbuf.packetLength(mbuf);
            if (NumberedFrame.isOurs(frame, length)) {
                long number = NumberedFrame.number(frame);
                if (payloads.matches(number, frame, length)) {
                    stream.ledger.arrived(number, NumberedFrame.refusedBefore(frame), way);
                }
            }
        }
    }
}
