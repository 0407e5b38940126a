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
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Numbered frames from a failover port to the far ends of its sides and back, on one poll thread; back by the side from
 * which the last frame came, as a switch that learns addresses would.
 */
final class SoakTraffic implements PacketHandler {
    private static final long NEAR = 0x02_00_00_00_00_01L;
    private static final long FAR = 0x02_00_00_00_00_02L;
    private static final int PUBLISH_PASSES = 16;

    private final FailoverQueue near;
    private final BarePort[] far;
    private final Payloads payloads = Payloads.smallest();
    private final Stream out;
    private final Stream back;
    private final MbufBurst burst = new MbufBurst();
    private volatile boolean sending;
    private volatile long stallNanos;
    private @Nullable MbufAllocator allocator;
    private int learnedSide = Sides.PRIMARY;
    private int pass;

    /** One direction. */
    static final class Stream {
        private final SoakLedger ledger;
        private final Pacer pacer;
        private final long[] arrivals = new long[Sides.ARRAY];
        private final AtomicLongArray published = new AtomicLongArray(Sides.ARRAY);
        private long refused;
        private long mangled;

        private Stream(SoakLedger ledger, long packetsPerSecond) {
            this.ledger = ledger;
            this.pacer = new Pacer(packetsPerSecond);
        }

        /** Frames that have come by a side so far; any thread, a few passes behind. */
        long arrivals(int side) {
            return published.getAcquire(side);
        }

        /** Frames that were given back to the sender; after the loop's end. */
        long refused() {
            return refused;
        }

        /** Arrivals that were not as they had been sent; after the loop's end. */
        long mangled() {
            return mangled;
        }

        /** After the loop's end. */
        SoakLedger ledger() {
            return ledger;
        }

        private void publish() {
            for (int side = 0; side < Sides.ARRAY; side++) {
                published.setRelease(side, arrivals[side]);
            }
        }
    }

    /**
     * @param far the far ends by side
     * @param packetsPerSecond in each direction, 0 for as fast as possible
     */
    SoakTraffic(FailoverQueue near, BarePort[] far, Disruptions disruptions, long packetsPerSecond) {
        this.near = near;
        this.far = far;
        this.out = new Stream(new SoakLedger(disruptions, false), packetsPerSecond);
        this.back = new Stream(new SoakLedger(disruptions, true), packetsPerSecond);
    }

    /** Starts or ends the sending; receiving goes on. Any thread. */
    void sending(boolean on) {
        sending = on;
    }

    /** The poll loop stands still in its next pass, as in a handler that waits for something. Any thread. */
    void stall(Duration time) {
        stallNanos = time.toNanos();
    }

    /** From the failover port to the far ends. */
    Stream out() {
        return out;
    }

    /** From the far ends to the failover port. */
    Stream back() {
        return back;
    }

    @Override
    public void start(MbufPool pool) {
        allocator = MbufAllocator.ofThisThread(pool);
    }

    @Override
    public int poll() {
        if (stallNanos != 0) {
            LockSupport.parkNanos(stallNanos);
            stallNanos = 0;
        }
        int work = receiveAtNearEnd();
        if (sending) {
            int taken = send(out, near, FAR, NEAR);
            // The port may have changed sides before this burst, not after it.
            lookAtActiveSide();
            out.ledger.accepted(near.activeSide(), taken);
        }
        work += receiveAtFarEnd(Sides.PRIMARY) + receiveAtFarEnd(Sides.STANDBY);
        if (sending) {
            back.ledger.accepted(learnedSide, send(back, far[learnedSide], NEAR, FAR));
        }
        if (++pass % PUBLISH_PASSES == 0) {
            out.publish();
            back.publish();
        }
        return work;
    }

    private int send(Stream stream, PacketPort port, long destination, long source) {
        int wanted = stream.pacer.allowance(MbufBurst.CAPACITY);
        int count = wanted == 0 ? 0 : Objects.requireNonNull(allocator).allocate(burst.address(), wanted);
        long number = stream.ledger.next();
        for (int i = 0; i < count; i++) {
            long mbuf = burst.get(i);
            long frame = Mbuf.data(mbuf);
            NumberedFrame.write(frame, destination, source, number + i, 0);
            Mbuf.length(mbuf, payloads.write(number + i, frame));
        }
        int taken = port.txBurst(burst.address(), count);
        stream.pacer.took(count);
        stream.refused += count - taken;
        burst.free(taken, count);
        return taken;
    }

    private int receiveAtNearEnd() {
        int n = near.rxBurst(burst.address(), MbufBurst.CAPACITY);
        lookAtActiveSide();
        account(back, n);
        burst.free(0, n);
        return n;
    }

    /** Both after each burst: after a stall the port may leave a side in the one and return to it in the next. */
    private void lookAtActiveSide() {
        int side = near.activeSide();
        out.ledger.active(side);
        back.ledger.active(side);
    }

    /** Until it is empty: what is under way on the former side must not be overtaken in this one thread. */
    private int receiveAtFarEnd(int side) {
        int all = 0;
        int n;
        do {
            n = far[side].rxBurst(burst.address(), MbufBurst.CAPACITY);
            account(out, n);
            burst.free(0, n);
            all += n;
        } while (n == MbufBurst.CAPACITY);
        if (all > 0) {
            learnedSide = side;
        }
        return all;
    }

    private void account(Stream stream, int count) {
        for (int i = 0; i < count; i++) {
            long mbuf = burst.get(i);
            long frame = Mbuf.data(mbuf);
            int length = Mbuf.packetLength(mbuf);
            long number = NumberedFrame.number(frame);
            if (NumberedFrame.isOurs(frame, length) && payloads.matches(number, frame, length)) {
                stream.arrivals[stream.ledger.arrived(number)]++;
            } else {
                stream.mangled++;
            }
        }
    }
}
