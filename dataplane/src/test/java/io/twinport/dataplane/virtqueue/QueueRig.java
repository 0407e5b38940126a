package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.util.Random;
import java.util.stream.IntStream;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A queue and the device's end of it. Whatever happens in a test, all mbufs are back at the end. */
@SuppressWarnings("NullAway.Init") // start() makes them
abstract class QueueRig {
    static final int SLOTS = 16;
    static final int BURST = 32;

    final long array = Frames.array(BURST);
    final long seed = System.nanoTime();
    final Random random = new Random(seed);
    MbufPool pool;
    SplitQueue queue;
    DeviceEnd device;

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("virtqueue", 1023);
        queue = new SplitQueue(0, SLOTS);
        queue.clear();
        device = new DeviceEnd(queue.address());
    }

    @AfterEach
    void end() {
        queue.freeMbufs();
        queue.close();
        assertEquals(pool.size(), pool.available(), "seed " + seed);
        pool.close();
    }

    void asReceiver(EalWorker.Task task) throws Exception {
        EalWorker.run(() -> {
            queue.fill(pool);
            VirtioReceive.enter(queue.address());
            task.run();
        });
    }

    void asSender(EalWorker.Task task) throws Exception {
        EalWorker.run(task);
    }

    int receive(int count) {
        return VirtioReceive.receive(queue.address(), array, count);
    }

    int transmit(int count) {
        return VirtioTransmit.transmit(queue.address(), array, count);
    }

    long counter(int offset) {
        return UnsafeApi.getLong(queue.address() + offset);
    }

    long mbufOf(int id) {
        return UnsafeApi.getLong(counter(MBUFS) + (long) id * Long.BYTES);
    }

    long descriptor(int id) {
        return counter(DESCRIPTORS) + (long) id * DESCRIPTOR_BYTES;
    }

    static long flags(long descriptor) {
        return UnsafeApi.getLong(descriptor + DESCRIPTOR_LENGTH) & 0xffff_0000_0000L;
    }

    static int next(long descriptor) {
        return (int) (UnsafeApi.getLong(descriptor + DESCRIPTOR_LENGTH) >>> NEXT_SHIFT);
    }

    static int length(long descriptor) {
        return UnsafeApi.getInt(descriptor + DESCRIPTOR_LENGTH);
    }

    /** Another queue in place of the one that each test begins with. */
    void make(int slots) {
        queue.freeMbufs();
        queue.close();
        queue = new SplitQueue(0, slots);
        restart();
    }

    /** As after a reset of the device. */
    void restart() {
        queue.freeMbufs();
        queue.clear();
        device = new DeviceEnd(queue.address());
    }

    /** Sends frames, numbered from {@code first} on; those that are not taken are freed. How many were taken. */
    int send(MbufAllocator allocator, int count, long first) {
        Frames.allocate(allocator, array, count, first);
        return send(count);
    }

    /** Sends what is in the array; what is not taken is freed. */
    int send(int count) {
        int taken = transmit(count);
        Mbuf.free(Frames.from(array, taken), count - taken);
        return taken;
    }

    /** A frame of so many mbufs, a few bytes in each. */
    long chained(MbufAllocator allocator, int segments) {
        return chainOf(allocator, IntStream.range(10, 10 + segments).toArray());
    }

    /** A frame of as many mbufs, so many bytes in each. */
    long chainOf(MbufAllocator allocator, int... lengths) {
        long head = 0;
        for (int length : lengths) {
            assertEquals(1, allocator.allocate(array, 1));
            long mbuf = Frames.get(array, 0);
            Mbuf.length(mbuf, length);
            if (head == 0) {
                head = mbuf;
            } else {
                Frames.append(head, mbuf);
            }
        }
        return head;
    }
}
