package io.twinport.dataplane.failover;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.SideLine;
import io.twinport.dataplane.virtio.VirtioMirror;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;

/**
 * Switches a failover port to and fro before the first real switch, which is the one that counts: code that the JIT
 * has never seen run costs 50 us to 7 ms there. The port is a scratch one over devices that take every frame, one of each
 * kind of driver; the code is that of all ports.
 */
public final class WarmUp {
    /** Enough for the JIT's last tier (15 000 calls) and for its threads to catch up; some 100 ms. */
    private static final int SWITCHES = 40_000;

    /** Frames in a burst: the loops over a burst are learnt from few, and a switch costs what its frames cost. */
    private static final int FRAMES = 4;

    private static final int FRAME_BYTES = 60;
    private static final FunctionDescriptor BURST = FunctionDescriptor.of(JAVA_SHORT, JAVA_LONG, JAVA_LONG, JAVA_SHORT);

    private WarmUp() {}

    /**
     * Runs on the poll thread, before its loop. On return the pool has all mbufs back.
     *
     * @param settings of the port: each way of receiving and of keeping frames has code of its own
     * @param queues of the port: of a port with one the code of those that follow is not even loaded
     */
    public static void run(MbufPool pool, PortSettings settings, int queues) {
        long events =
                Arena.global().allocate(EventLine.LENGTH, EventLine.LENGTH).address();
        long primary = SideLine.allocate();
        long standby = SideLine.allocate();
        SideLine.write(primary, upcall("receiveNothing"), upcall("takeAll"));
        ManyToOneRingBuffer ring = new ManyToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect((1 << 16) + RingBufferDescriptor.TRAILER_LENGTH)));
        CountersManager counters = new CountersManager(
                new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 512)),
                new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 128)));
        FailoverPort port = new FailoverPort(0, events, new PortCounters(counters, 0), new PortEvents(ring), settings);
        try (VirtioMirror mirror = VirtioMirror.start(standby, pool)) {
            FailoverQueue queue = queues == 1 ? null : follower(port, primary, counters, ring);
            port.join(FailoverPolicy.PRIMARY, primary);
            port.join(FailoverPolicy.STANDBY, standby);
            MbufBurst burst = new MbufBurst();
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < SWITCHES; i++) {
                SideLine.reportLink(primary, i % 2 == 0);
                EventLine.edge(events, System.nanoTime());
                // Some switches are noticed by a look that the interrupt did not cause, and some wait for their burst.
                for (int poll = 0; poll < i % 16; poll++) {
                    burst.free(0, port.rxBurst(burst.address(), MbufBurst.CAPACITY));
                }
                transmit(port, burst, allocator);
                mirror.turn();
                if (queue != null) {
                    burst.free(0, queue.rxBurst(burst.address(), MbufBurst.CAPACITY));
                    int count = frames(burst, allocator);
                    queue.txBurst(burst.address(), count);
                    burst.free(0, count); // neither of its drivers keeps what it takes
                }
                ring.read((type, buffer, index, length) -> {});
            }
            // What they hold is given back.
            port.leave(FailoverPolicy.PRIMARY);
            port.leave(FailoverPolicy.STANDBY);
            if (queue != null) {
                queue.leave(FailoverPolicy.PRIMARY);
                queue.leave(FailoverPolicy.STANDBY);
            }
        }
    }

    /** A queue that follows, with the primary's line on both sides: the kinds of drivers are learnt by the port. */
    private static FailoverQueue follower(
            FailoverPort port, long line, CountersManager counters, ManyToOneRingBuffer ring) {
        FailoverQueue queue = new FailoverQueue(port, new PortCounters(counters, 1), new PortEvents(ring));
        queue.join(FailoverPolicy.PRIMARY, line);
        queue.join(FailoverPolicy.STANDBY, line);
        return queue;
    }

    private static int frames(MbufBurst burst, MbufAllocator allocator) {
        int count = allocator.allocate(burst.address(), FRAMES);
        for (int i = 0; i < count; i++) {
            Mbuf.length(burst.get(i), FRAME_BYTES);
        }
        return count;
    }

    private static void transmit(FailoverPort port, MbufBurst burst, MbufAllocator allocator) {
        int count = frames(burst, allocator);
        int sent = port.txBurst(burst.address(), count);
        // What the first driver takes it does not keep.
        burst.free(port.activeSide() == FailoverPolicy.PRIMARY ? 0 : sent, count);
    }

    private static long upcall(String method) {
        try {
            MethodType type = MethodType.methodType(short.class, long.class, long.class, short.class);
            return Linker.nativeLinker()
                    .upcallStub(MethodHandles.lookup().findStatic(WarmUp.class, method, type), BURST, Arena.global())
                    .address();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @SuppressWarnings("unused") // called as a driver's burst function
    private static short takeAll(long queue, long packets, short count) {
        return count;
    }

    @SuppressWarnings("unused") // called as a driver's burst function
    private static short receiveNothing(long queue, long packets, short count) {
        return 0;
    }
}
