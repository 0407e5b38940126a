package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    private final long all = Frames.array(1023);
    final long seed = System.nanoTime();
    final Random random = new Random(seed);
    final QueueFormat format;
    MbufPool pool;
    Virtqueue queue;
    DeviceEnd device;

    QueueRig(QueueFormat format) {
        this.format = format;
    }

    /** A chain of descriptors that the driver has given to the device. */
    record Chain(int id, List<Part> parts) {
        Part part(int index) {
            return parts.get(index);
        }
    }

    /** What a descriptor describes. */
    record Part(long address, int length, boolean isWritten) {}

    @BeforeEach
    void start() {
        TestEal.start();
        pool = MbufPool.create("virtqueue", 1023);
        queue = format.make(0, SLOTS, false);
        queue.clear();
        device = DeviceEnd.of(queue.address());
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
        return UnsafeApi.getLong(counter(MBUFS) + (long) id * Long.BYTES) & MBUF_MASK;
    }

    /** An order in which a device may use chains that it was given in this one. */
    List<Integer> anyOrder(List<Integer> ids) {
        if (format != QueueFormat.PACKED_IN_ORDER) {
            Collections.shuffle(ids, random);
        }
        return ids;
    }

    /** Takes the next chain, as the device. */
    Chain nextChain() {
        if (device instanceof PackedDeviceEnd packed) {
            List<Part> parts = new ArrayList<>();
            int place = packed.seen;
            int id = device.next();
            for (; place != packed.seen; place++) {
                long at = PackedRing.descriptor(counter(DESCRIPTORS), place, queue.size() - 1);
                assertEquals(id, UnsafeApi.getShort(at + 12));
                parts.add(part(at, UnsafeApi.getShort(at + 14)));
            }
            return new Chain(id, parts);
        }
        int id = device.next();
        List<Part> parts = new ArrayList<>();
        int flags;
        int next = id;
        do {
            long at = descriptor(next);
            flags = UnsafeApi.getShort(at + 12);
            next = UnsafeApi.getShort(at + 14);
            parts.add(part(at, flags));
        } while ((flags & 1) != 0);
        return new Chain(id, parts);
    }

    private static Part part(long at, int flags) {
        return new Part(UnsafeApi.getLong(at), UnsafeApi.getInt(at + DESCRIPTOR_LENGTH), (flags & 2) != 0);
    }

    private long descriptor(int id) {
        return counter(DESCRIPTORS) + (long) id * DESCRIPTOR_BYTES;
    }

    /** Another queue in place of the one that each test begins with. */
    void make(int slots) {
        queue.freeMbufs();
        queue.close();
        queue = format.make(0, slots, false);
        restart();
    }

    /** As after a reset of the device. */
    void restart() {
        queue.freeMbufs();
        queue.clear();
        device = DeviceEnd.of(queue.address());
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

    /** Has the device write a frame, into as many buffers as it needs: all but the last are full (5.1.6.4.1). */
    void deviceWrites(byte[] frame) {
        int first = device.next();
        header(first, 0, 0);
        long data = Mbuf.data(mbufOf(first));
        int room = Mbuf.room(mbufOf(first));
        int written = write(frame, 0, data, room);
        device.use(first, NET_HEADER + written);
        int buffers = 1;
        for (; written < frame.length; buffers++) {
            int id = device.next();
            int n = write(frame, written, Mbuf.data(mbufOf(id)) - NET_HEADER, room + NET_HEADER);
            device.use(id, n);
            written += n;
        }
        UnsafeApi.putShort(data - NET_HEADER + NUM_BUFFERS, (short) buffers);
    }

    private static int write(byte[] frame, int from, long to, int room) {
        int n = Math.min(room, frame.length - from);
        for (int i = 0; i < n; i++) {
            UnsafeApi.putByte(to + i, frame[from + i]);
        }
        return n;
    }

    /** Writes the header before a frame that the device is about to use. */
    void header(int id, int flags, int buffers) {
        long header = Mbuf.data(mbufOf(id)) - NET_HEADER;
        UnsafeApi.setMemory(header, NET_HEADER, (byte) 0);
        UnsafeApi.putByte(header + HEADER_FLAGS, (byte) flags);
        UnsafeApi.putShort(header + NUM_BUFFERS, (short) buffers);
    }

    /** Has the device write anything into an area of the queue: {@code DESCRIPTORS}, {@code AVAILABLE} or {@code USED}. */
    void scribble(int area) {
        scribble(counter(area), (int) (counter(area + Long.BYTES) - counter(area)));
    }

    void scribble(long from, int bytes) {
        for (int i = 0; i < bytes; i += Short.BYTES) {
            UnsafeApi.putShort(from + i, (short) random.nextInt());
        }
    }

    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The bytes of a received frame, once its mbufs have been found to be a chain as DPDK's are. */
    byte[] bytesOf(long mbuf) {
        byte[] bytes = new byte[Mbuf.packetLength(mbuf)];
        int at = 0;
        int segments = 0;
        for (long segment = mbuf; segment != 0; segment = Mbuf.next(segment)) {
            assertEquals(1, Mbuf.references(segment), "seed " + seed);
            assertEquals(segment == mbuf ? Mbuf.segments(mbuf) : 1, Mbuf.segments(segment), "seed " + seed);
            int length = Mbuf.dataLength(segment);
            assertTrue(length > 0 && length <= Mbuf.room(segment), () -> length + " bytes, seed " + seed);
            for (int i = 0; i < length; i++) {
                bytes[at++] = UnsafeApi.getByte(Mbuf.data(segment) + i);
            }
            segments++;
        }
        assertEquals(bytes.length, at, "seed " + seed);
        assertEquals(Mbuf.segments(mbuf), segments, "seed " + seed);
        return bytes;
    }

    /** All mbufs of the pool are as if they had never been part of a frame of several. The queue has none of them. */
    void checkThatAllAreSingle(MbufAllocator allocator) {
        for (int i = 0; i < pool.size(); i++) {
            assertEquals(1, allocator.allocate(Frames.from(all, i), 1));
            long mbuf = Frames.get(all, i);
            assertEquals(0, Mbuf.next(mbuf));
            assertTrue(Mbuf.isContiguous(mbuf));
            assertEquals(0, Mbuf.packetLength(mbuf));
            assertEquals(pool.room(), Mbuf.room(mbuf));
        }
        Mbuf.free(all, pool.size());
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
