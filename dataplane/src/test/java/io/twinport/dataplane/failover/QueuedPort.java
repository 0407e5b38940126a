package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TestLines;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Frames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;

/**
 * A failover port of several queues over two net_rings, driven by the test's thread. A net_ring has a ring for each of its
 * queues, which gives back there what it was sent: a queue's frames can be looked at, and put in, without the port.
 */
final class QueuedPort implements AutoCloseable {
    private static final int BURST = MbufBurst.CAPACITY;

    private final MbufPool pool = MbufPool.create("queued", 4095);
    private final MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
    private final EthDev[] devs = new EthDev[3];

    /** By side and the port's queue. */
    private final long[][] lines = new long[3][];

    /** By side and the device's queue. */
    private final long[][] wires = new long[3][];

    private final List<FailoverQueue> queues = new ArrayList<>();
    private final long events = EventLine.allocate();
    private final RingBuffer told = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect((1 << 16) + RingBufferDescriptor.TRAILER_LENGTH)));
    private final PortCounters counters;
    private final long array = Frames.array(BURST);

    /**
     * @param primaryQueues that the primary has
     * @param standbyQueues that the standby has
     */
    QueuedPort(int count, int primaryQueues, int standbyQueues, FailbackSettings failback) {
        start(Sides.PRIMARY, count, primaryQueues);
        start(Sides.STANDBY, count, standbyQueues);
        counters = PortCounters.ofQueues(
                new CountersManager(
                        new UnsafeBuffer(ByteBuffer.allocateDirect(200 * 512)),
                        new UnsafeBuffer(ByteBuffer.allocateDirect(200 * 128))),
                0,
                count);
        FailoverPort port =
                new FailoverPort(0, events, counters, new PortEvents(told), PortSettings.DEFAULT.with(failback));
        queues.add(port.queue(0));
        for (int q = 1; q < count; q++) {
            queues.add(port.addQueue(counters.queue(q), new PortEvents(told)));
        }
    }

    /** Both sides are queues and up, with as many queues as the port, and all queues have seen it. */
    static QueuedPort ready(int queues) {
        return ready(queues, queues, queues, FailbackSettings.AT_ONCE);
    }

    static QueuedPort ready(int queues, int primaryQueues, int standbyQueues, FailbackSettings failback) {
        QueuedPort port = new QueuedPort(queues, primaryQueues, standbyQueues, failback);
        port.join(Sides.PRIMARY);
        port.join(Sides.STANDBY);
        port.link(Sides.PRIMARY, true);
        port.link(Sides.STANDBY, true);
        for (int q = 0; q < queues; q++) {
            port.receive(q, FailoverQueue.HOUSEKEEPING_POLLS);
        }
        return port;
    }

    private void start(int side, int queues, int deviceQueues) {
        EthDev dev = EthDev.probe("net_ring" + side);
        dev.configure(pool, deviceQueues, deviceQueues);
        dev.start();
        devs[side] = dev;
        lines[side] = new long[queues];
        for (int q = 0; q < queues; q++) {
            lines[side][q] = TestLines.of(dev, q);
        }
        wires[side] = new long[deviceQueues];
        for (int q = 0; q < deviceQueues; q++) {
            wires[side][q] = TestLines.of(dev, q);
        }
    }

    /** As {@code Side} does: the queue that decides is the last one. */
    void join(int side) {
        for (int q = queues.size() - 1; q >= 0; q--) {
            queues.get(q).join(side, lines[side][q]);
        }
    }

    /** As {@code Side} does: the queue that decides is the first one. */
    void leave(int side) {
        queues.forEach(queue -> queue.leave(side));
    }

    /** One queue leaves, before the others or after them. */
    void leave(int queue, int side) {
        queues.get(queue).leave(side);
    }

    void link(int side, boolean up) {
        SideLine.reportLink(lines[side][0], up);
        EventLine.edge(events, System.nanoTime());
    }

    /** Sends numbered frames by a queue of the port; those that are refused are freed. How many were taken. */
    int send(int queue, int count, long first) {
        Frames.allocate(allocator, array, count, first);
        int taken = queues.get(queue).txBurst(array, count);
        Mbuf.free(Frames.from(array, taken), count - taken);
        return taken;
    }

    /** So many polls of a queue of the port: the numbers of the frames that it delivers. */
    List<Long> receive(int queue, int polls) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < polls; i++) {
            take(numbers, queues.get(queue).rxBurst(array, BURST));
        }
        return numbers;
    }

    /** Takes the frames out that are in a queue of a side's device, and gives their numbers. */
    List<Long> takeFrom(int side, int deviceQueue) {
        List<Long> numbers = new ArrayList<>();
        while (take(numbers, SideLine.receive(wires[side][deviceQueue], array, BURST)) > 0) {}
        return numbers;
    }

    /** Frames arrive at a queue of a side's device. */
    void arriveAt(int side, int deviceQueue, int count, long first) {
        Frames.allocate(allocator, array, count, first);
        assertEquals(count, SideLine.transmit(wires[side][deviceQueue], array, count));
    }

    private int take(List<Long> numbers, int count) {
        for (int i = 0; i < count; i++) {
            numbers.add(Frames.numberOf(Frames.get(array, i)));
        }
        Mbuf.free(array, count);
        return count;
    }

    /** The side that queue 0 has decided for. */
    int active() {
        return queues.getFirst().activeSide();
    }

    /** The side that a further queue follows to. */
    int active(int queue) {
        return queues.get(queue).activeSide();
    }

    /** All queues have published what they count, and queue 0 the sums. */
    PortCounters counters() {
        queues.reversed().forEach(FailoverQueue::publish);
        return counters;
    }

    /** What has been told since the last call: switches as their records, first bursts in words. */
    List<Object> told() {
        List<Object> all = new ArrayList<>();
        PortEvents.Listener listener = new PortEvents.Listener() {
            @Override
            public void onSwitch(SwitchRecord record) {
                all.add(record);
            }

            @Override
            public void onFirstBurst(int id, long sequence, long nanos) {
                all.add("first burst of switch " + sequence);
            }

            @Override
            public void onLink(int id, int side, boolean up, long nanos) {}

            @Override
            public void onInput(PolicyInput input) {}
        };
        while (told.size() > 0) {
            told.read((type, buffer, index, length) -> PortEvents.dispatch(type, buffer, index, listener));
        }
        return all;
    }

    @Override
    public void close() {
        for (int side = Sides.PRIMARY; side <= Sides.STANDBY; side++) {
            leave(side);
            for (int q = 0; q < wires[side].length; q++) {
                takeFrom(side, q);
            }
            devs[side].stop();
            devs[side].remove();
        }
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }
}
