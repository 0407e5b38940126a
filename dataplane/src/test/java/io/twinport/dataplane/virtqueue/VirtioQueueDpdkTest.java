package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.Abi;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both queues against the device's end of them. Whatever happens, all mbufs are back at the end. */
class VirtioQueueDpdkTest {
    private static final int SLOTS = 16;
    private static final int BURST = 32;

    /** More than the 16 bits of a ring's index can count. */
    private static final int WRAP = 70_000;

    private final long array = Frames.array(BURST);
    private final long notify = Arena.global().allocate(Long.BYTES, Long.BYTES).address();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private MbufPool pool;
    private SplitQueue queue;
    private DeviceEnd device;

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

    private void asReceiver(EalWorker.Task task) throws Exception {
        EalWorker.run(() -> {
            queue.fill(pool);
            VirtioReceive.enter(queue.address());
            task.run();
        });
    }

    private void asSender(EalWorker.Task task) throws Exception {
        EalWorker.run(() -> {
            queue.prepareHeaders();
            task.run();
        });
    }

    private int receive(int count) {
        return VirtioReceive.receive(queue.address(), array, count);
    }

    private int transmit(int count) {
        return VirtioTransmit.transmit(queue.address(), array, count);
    }

    private long counter(int offset) {
        return UnsafeApi.getLong(queue.address() + offset);
    }

    private long mbufOf(int id) {
        return UnsafeApi.getLong(counter(MBUFS) + (long) id * Long.BYTES);
    }

    private long descriptor(int id) {
        return counter(DESCRIPTORS) + (long) id * DESCRIPTOR_BYTES;
    }

    private static long flags(long descriptor) {
        return UnsafeApi.getLong(descriptor + DESCRIPTOR_LENGTH) & 0xffff_0000_0000L;
    }

    private static int next(long descriptor) {
        return (int) (UnsafeApi.getLong(descriptor + DESCRIPTOR_LENGTH) >>> NEXT_SHIFT);
    }

    private static int length(long descriptor) {
        return UnsafeApi.getInt(descriptor + DESCRIPTOR_LENGTH);
    }

    // ---- receive

    @Test
    void shouldOfferDeviceWholeRingOfMbufsWithRoomForHeaderInHeadroom() throws Exception {
        asReceiver(() -> {
            assertEquals(SLOTS, device.waiting());
            for (int i = 0; i < SLOTS; i++) {
                int id = device.next();
                long mbuf = mbufOf(id);
                assertEquals(Mbuf.iova(mbuf) - NET_HEADER, UnsafeApi.getLong(descriptor(id)));
                assertEquals(Mbuf.room(mbuf) + NET_HEADER, length(descriptor(id)));
                assertEquals(FLAG_WRITE, flags(descriptor(id)));
            }
            assertEquals(NO_INTERRUPT, UnsafeApi.getShort(counter(AVAILABLE) + RING_FLAGS));
        });
    }

    @Test
    void shouldReceiveFramesWithoutTheirHeaders() throws Exception {
        asReceiver(() -> {
            assertEquals(0, receive(BURST));
            int id = device.next();
            Frames.write(mbufOf(id), 77, 100);
            device.use(id, NET_HEADER + 100);
            device.publish();
            assertEquals(1, receive(BURST));
            long mbuf = Frames.get(array, 0);
            assertEquals(77, Frames.numberOf(mbuf));
            assertEquals(100, Mbuf.packetLength(mbuf));
            assertEquals(100, Mbuf.dataLength(mbuf));
            assertTrue(Mbuf.isContiguous(mbuf));
            Mbuf.free(array, 1);
        });
    }

    @Test
    void shouldTakeNoMoreThanAskedFor() throws Exception {
        asReceiver(() -> {
            device.complete(10, NET_HEADER + 60);
            assertEquals(4, receive(4));
            Mbuf.free(array, 4);
            assertEquals(6, receive(BURST));
            Mbuf.free(array, 6);
        });
    }

    @Test
    void shouldReceiveInAnyOrderAcrossWrapOfIndices() throws Exception {
        asReceiver(() -> {
            long sent = 0;
            long received = 0;
            while (received < WRAP) {
                List<Integer> ids = new ArrayList<>();
                for (int i = random.nextInt(device.waiting() + 1); i > 0; i--) {
                    ids.add(device.next());
                }
                Collections.shuffle(ids, random);
                for (int id : ids) {
                    Frames.write(mbufOf(id), sent++, Frames.SHORTEST);
                    device.use(id, NET_HEADER + Frames.SHORTEST);
                }
                device.publish();
                int n = receive(1 + random.nextInt(BURST));
                for (int i = 0; i < n; i++) {
                    assertEquals(received++, Frames.numberOf(Frames.get(array, i)), "seed " + seed);
                }
                Mbuf.free(array, n);
            }
            assertEquals(0, counter(DROPPED));
        });
    }

    @Test
    void shouldGoOnWhenPoolWasEmptyForAWhile() throws Exception {
        asReceiver(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            List<Long> held = new ArrayList<>();
            while (allocator.allocate(array, 1) == 1) {
                held.add(Frames.get(array, 0));
            }
            int received = 0;
            while (device.complete(SLOTS, NET_HEADER + 60) > 0) {
                int n = receive(BURST);
                for (int i = 0; i < n; i++) {
                    held.add(Frames.get(array, i));
                }
                received += n;
            }
            assertEquals(SLOTS, received);
            assertEquals(0, receive(BURST));
            assertTrue(counter(WITHOUT_MBUF) > 0);
            for (long mbuf : held) {
                UnsafeApi.putLong(array, mbuf);
                Mbuf.free(array, 1);
            }
            assertEquals(0, receive(BURST));
            assertEquals(SLOTS, device.complete(SLOTS, NET_HEADER + 60), "the ring is full again");
            assertEquals(SLOTS, receive(BURST));
            Mbuf.free(array, SLOTS);
        });
    }

    @Test
    void shouldDropFramesThatAreNoneOrDoNotFit() throws Exception {
        asReceiver(() -> {
            int room = Mbuf.room(mbufOf(0));
            int[] lengths = {0, NET_HEADER, NET_HEADER + room + 1, -1, NET_HEADER + room};
            for (int length : lengths) {
                device.use(device.next(), length);
            }
            device.publish();
            assertEquals(1, receive(BURST));
            assertEquals(room, Mbuf.packetLength(Frames.get(array, 0)));
            Mbuf.free(array, 1);
            assertEquals(4, counter(DROPPED));
        });
    }

    @Test
    void shouldLeaveQueueAloneWhenDeviceUsesWhatItWasNotGiven() throws Exception {
        for (int id : new int[] {SLOTS, -1, 1 << 20}) {
            queue.freeMbufs();
            queue.clear();
            device = new DeviceEnd(queue.address());
            asReceiver(() -> {
                device.complete(2, NET_HEADER + 60);
                device.use(id, NET_HEADER + 60);
                device.publish();
                assertEquals(2, receive(BURST), "what came before is good");
                Mbuf.free(array, 2);
                assertTrue(queue.isBroken());
                device.complete(1, NET_HEADER + 60);
                assertEquals(0, receive(BURST));
            });
        }
    }

    @Test
    void shouldLeaveQueueAloneWhenDeviceUsesBufferTwice() throws Exception {
        asReceiver(() -> {
            int id = device.next();
            device.use(id, NET_HEADER + 60);
            device.use(id, NET_HEADER + 60);
            device.publish();
            assertEquals(1, receive(BURST));
            Mbuf.free(array, 1);
            assertTrue(queue.isBroken());
        });
    }

    // ---- transmit

    @Test
    void shouldPutHeaderOfItsOwnBeforeFrame() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, 1, 5);
            long mbuf = Frames.get(array, 0);
            assertEquals(1, transmit(1));
            assertEquals(1, device.waiting());
            long header = descriptor(device.next());
            long frame = descriptor(next(header));
            assertEquals(NET_HEADER, length(header));
            assertEquals(FLAG_NEXT, flags(header));
            assertEquals(Mbuf.iova(mbuf), UnsafeApi.getLong(frame));
            assertEquals(Frames.SHORTEST, length(frame));
            assertEquals(0, flags(frame));
            assertEquals(5, Frames.numberOf(mbuf), "the frame was not touched");
        });
    }

    @Test
    void shouldRefuseWhatRingHasNoRoomFor() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, BURST, 0);
            assertEquals(queue.frames(), transmit(BURST));
            int rest = BURST - queue.frames();
            long from = Frames.from(array, queue.frames());
            assertEquals(0, VirtioTransmit.transmit(queue.address(), from, rest));
            assertEquals(0, queue.completed());
            assertEquals(3, device.complete(3, 0));
            assertEquals(3, queue.completed());
            assertEquals(3, VirtioTransmit.transmit(queue.address(), from, rest));
            Mbuf.free(Frames.from(array, queue.frames() + 3), rest - 3);
        });
    }

    @Test
    void shouldSendInOrderThoughCompletedInAnyAcrossWrapOfIndices() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            List<Integer> inFlight = new ArrayList<>();
            long first = 0;
            long seen = 0;
            while (seen < WRAP) {
                int count = 1 + random.nextInt(BURST);
                Frames.allocate(allocator, array, count, first);
                int sent = transmit(count);
                first += sent;
                Mbuf.free(Frames.from(array, sent), count - sent);
                for (int i = device.waiting(); i > 0; i--) {
                    int id = device.next();
                    assertEquals(seen++, Frames.numberOf(mbufOf(id / 2)), "seed " + seed);
                    inFlight.add(id);
                }
                Collections.shuffle(inFlight, random);
                for (int i = random.nextInt(inFlight.size() + 1); i > 0; i--) {
                    device.use(inFlight.removeLast(), 0);
                }
                device.publish();
            }
            assertFalse(queue.isBroken());
            assertEquals(first - inFlight.size(), queue.completed(), "seed " + seed);
        });
    }

    @Test
    void shouldChainFrameOfSeveralSegments() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int round = 0; round < 3 * SLOTS; round++) {
                long head = chained(allocator, 3);
                UnsafeApi.putLong(array, head);
                assertEquals(1, transmit(1));
                long header = descriptor(device.next());
                long at = descriptor(next(header));
                long segment = head;
                for (int i = 0; i < 3; i++) {
                    assertEquals(Mbuf.iova(segment), UnsafeApi.getLong(at));
                    assertEquals(i < 2 ? FLAG_NEXT : 0, flags(at));
                    at = descriptor(next(at));
                    segment = Mbuf.next(segment);
                }
                Frames.allocate(allocator, array, 1, round);
                assertEquals(1, transmit(1), "one of a single segment behind it");
                int id = device.next();
                assertEquals(round, Frames.numberOf(mbufOf(id / 2)));
                device.use(id, 0);
                device.use((int) (header - descriptor(0)) / DESCRIPTOR_BYTES, 0);
                device.publish();
            }
            assertFalse(queue.isBroken());
        });
    }

    @Test
    void shouldTakeAndCountFrameThatNoRingOfItsSizeCouldHold() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long largest = chained(allocator, queue.frames());
            long tooLarge = chained(allocator, queue.frames() + 1);
            UnsafeApi.putLong(array, tooLarge);
            UnsafeApi.putLong(array + Long.BYTES, largest);
            assertEquals(2, transmit(2));
            assertEquals(1, counter(DROPPED));
            assertEquals(1, device.complete(SLOTS, 0));
            Frames.allocate(allocator, array, 1, 0);
            assertEquals(1, transmit(1));
        });
    }

    @Test
    void shouldStopSendingWhenDeviceCompletesWhatItWasNotGiven() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, 4, 0);
            assertEquals(4, transmit(4));
            for (int i = 0; i < 4; i++) {
                device.use(1, 0); // the second half of a pair is no chain
            }
            device.publish();
            Frames.allocate(allocator, array, BURST, 0);
            int sent = transmit(BURST);
            assertTrue(sent <= queue.frames() - 4);
            assertTrue(queue.isBroken());
            Mbuf.free(Frames.from(array, sent), BURST - sent);
            Frames.allocate(allocator, array, 1, 0);
            assertEquals(0, transmit(1));
            Mbuf.free(array, 1);
        });
    }

    @Test
    void shouldFreeWhatWasSentByTheBatch() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            int batch = UnsafeApi.getInt(queue.address() + BATCH);
            Frames.allocate(allocator, array, batch, 0);
            assertEquals(batch, transmit(batch));
            device.complete(batch - 1, 0);
            assertEquals(0, transmit(0));
            assertEquals(pool.size() - batch, pool.available());
            device.complete(1, 0);
            assertEquals(0, transmit(0));
            assertEquals(pool.size(), pool.available());
        });
    }

    // ---- notification

    @Test
    void shouldWakeDeviceUnlessItIsAwake() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            UnsafeApi.putShort(notify, (short) -1);
            Frames.allocate(allocator, array, 1, 0);
            transmit(1);
            assertEquals(-1, UnsafeApi.getShort(notify), "not before DRIVER_OK");
            queue.start(notify);
            assertEquals(queue.index(), UnsafeApi.getShort(notify));

            UnsafeApi.putShort(notify, (short) -1);
            device.stayAwake(true);
            Frames.allocate(allocator, array, 1, 0);
            transmit(1);
            assertEquals(-1, UnsafeApi.getShort(notify));
            device.stayAwake(false);
            transmit(0);
            assertEquals(-1, UnsafeApi.getShort(notify), "nothing new");
            Frames.allocate(allocator, array, 1, 0);
            transmit(1);
            assertEquals(queue.index(), UnsafeApi.getShort(notify));
        });
    }

    /** A frame of so many mbufs, a few bytes in each. */
    private long chained(MbufAllocator allocator, int segments) {
        int nextOffset = Abi.offset("rte_mbuf", "next");
        int segmentsOffset = Abi.offset("rte_mbuf", "nb_segs");
        long head = 0;
        long last = 0;
        for (int i = 0; i < segments; i++) {
            assertEquals(1, allocator.allocate(array, 1));
            long mbuf = Frames.get(array, 0);
            Mbuf.length(mbuf, 10 + i);
            if (last == 0) {
                head = mbuf;
            } else {
                UnsafeApi.putLong(last + nextOffset, mbuf);
            }
            last = mbuf;
        }
        UnsafeApi.putShort(head + segmentsOffset, (short) segments);
        UnsafeApi.putInt(head + Abi.offset("rte_mbuf", "pkt_len"), segments * 10 + segments * (segments - 1) / 2);
        return head;
    }
}
