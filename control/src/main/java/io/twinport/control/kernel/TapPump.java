package io.twinport.control.kernel;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.ring.MbufRing;
import io.twinport.dpdk.EalThread;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.TapInterface;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.MessageHandler;
import org.jspecify.annotations.Nullable;

/** The TAP's own thread: writes what the port received to the kernel, and reads what the kernel sends into mbufs. */
public final class TapPump implements Agent {
    private static final int BURSTS = 4;

    /** Bounds how long a received frame waits in the ring while the kernel sends nothing. */
    private static final long IDLE_NANOS = 50_000;

    private final TapInterface tap;
    private final MbufRing toKernel;
    private final MbufRing fromKernel;
    private final MbufPool pool;
    private final MbufBurst spare = new MbufBurst();
    private final MessageHandler write;
    private @Nullable MbufAllocator allocator;
    private final AtomicLong rejected = new AtomicLong();

    public TapPump(TapInterface tap, MbufRing toKernel, MbufRing fromKernel, MbufPool pool) {
        this.tap = tap;
        this.toKernel = toKernel;
        this.fromKernel = fromKernel;
        this.pool = pool;
        this.write = toKernel.handler(this::write);
    }

    @Override
    public void onStart() {
        EalThread.register();
        allocator = MbufAllocator.ofThisThread(pool);
    }

    @Override
    public int doWork() {
        int work = toKernel.read(write, BURSTS) + readFrames();
        if (work == 0) {
            tap.await(IDLE_NANOS);
        }
        return work;
    }

    /** Gives back what is in the rings; the poll loop has ended. */
    @Override
    public void onClose() {
        toKernel.freeAll();
        fromKernel.freeAll();
        EalThread.unregister();
    }

    @Override
    public String roleName() {
        return "tap-" + tap.name();
    }

    /** Frames that the kernel did not take, because the interface is down, or that lay in several mbufs. */
    public long rejected() {
        return rejected.get();
    }

    /** Where the ring is full the frames stay with the kernel, which makes its senders wait. */
    private int readFrames() {
        long slot = fromKernel.claim();
        if (slot == 0) {
            return 0;
        }
        int count = 0;
        while (count < MbufBurst.CAPACITY && Objects.requireNonNull(allocator).allocate(spare.address(), 1) == 1) {
            long mbuf = spare.get(0);
            int length = tap.read(Mbuf.data(mbuf), Mbuf.room(mbuf));
            if (length == 0) {
                spare.free(0, 1);
                break;
            }
            Mbuf.length(mbuf, length);
            UnsafeApi.putLong(slot + (long) count * Long.BYTES, mbuf);
            count++;
        }
        if (count > 0) {
            fromKernel.publish(count);
        }
        return count;
    }

    private void write(long packets, int count) {
        for (int i = 0; i < count; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            boolean taken = Mbuf.isContiguous(mbuf) && tap.write(Mbuf.data(mbuf), Mbuf.dataLength(mbuf));
            if (!taken) {
                rejected.lazySet(rejected.getPlain() + 1);
            }
        }
        Mbuf.free(packets, count);
    }
}
