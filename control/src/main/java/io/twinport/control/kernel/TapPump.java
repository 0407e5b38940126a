package io.twinport.control.kernel;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.handler.MbufRing;
import io.twinport.dpdk.EalThread;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.TapQueue;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.MessageHandler;
import org.jspecify.annotations.Nullable;

/**
 * The own thread of a queue of the TAP's: writes what the port received to the kernel, and reads what the kernel sends into
 * mbufs. What it may not write any more, because the interface has been deleted, it frees and counts until it is given
 * another one's queue.
 */
public final class TapPump implements Agent {
    private static final int BURSTS = 4;

    /** Bounds how long a received frame waits in the ring while the kernel sends nothing. */
    private static final long IDLE_NANOS = 50_000;

    private final String name;
    private final TapFrames frames;
    private final MbufRing toKernel;
    private final MbufRing fromKernel;
    private final MbufPool pool;
    private final MbufBurst spare = new MbufBurst();
    private final MessageHandler write;
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicReference<@Nullable TapQueue> given = new AtomicReference<>();
    private @Nullable MbufAllocator allocator;
    private TapQueue tap;

    /**
     * @param tap which is closed at this one's end
     * @param frames this one's alone
     */
    TapPump(String name, TapQueue tap, TapFrames frames, MbufRing toKernel, MbufRing fromKernel, MbufPool pool) {
        this.name = name;
        this.tap = tap;
        this.frames = frames;
        this.toKernel = toKernel;
        this.fromKernel = fromKernel;
        this.pool = pool;
        this.write = toKernel.handler(this::write);
    }

    /** From now on it moves frames of this queue, and closes it at its end; the one before is closed. Any thread. */
    public void use(TapQueue other) {
        closeIfAny(given.getAndSet(other));
    }

    @Override
    public void onStart() {
        EalThread.register();
        allocator = MbufAllocator.ofThisThread(pool);
    }

    @Override
    public int doWork() {
        if (given.getOpaque() != null) {
            takeGiven();
        }
        int work = toKernel.read(write, BURSTS) + readFrames();
        if (work == 0) {
            tap.await(IDLE_NANOS);
        }
        return work;
    }

    private void takeGiven() {
        tap.close();
        tap = Objects.requireNonNull(given.getAndSet(null));
    }

    private static void closeIfAny(@Nullable TapQueue queue) {
        if (queue != null) {
            queue.close();
        }
    }

    /** Gives back what is in the rings; the poll loop has ended. */
    @Override
    public void onClose() {
        closeIfAny(given.getAndSet(null));
        tap.close();
        toKernel.freeAll();
        fromKernel.freeAll();
        EalThread.unregister();
    }

    @Override
    public String roleName() {
        return name;
    }

    /** Frames that the kernel did not take, because the interface is down or deleted, or that could not be given to it; and what it sent and nobody could send on. */
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
            int length = frames.read(tap, mbuf);
            if (length <= 0) {
                spare.free(0, 1);
                if (length == 0) {
                    break;
                }
                reject();
                continue;
            }
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
            if (!frames.write(tap, mbuf)) {
                reject();
            }
        }
        Mbuf.free(packets, count);
    }

    private void reject() {
        rejected.lazySet(rejected.getPlain() + 1);
    }
}
