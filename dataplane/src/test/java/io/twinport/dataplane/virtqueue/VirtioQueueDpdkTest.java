package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dpdk.EalThread;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both queues against a device that behaves. */
@ParameterizedClass(name = "{0}")
@EnumSource(QueueFormat.class)
class VirtioQueueDpdkTest extends QueueRig {
    /** More than the 16 bits of a ring's index can count. */
    private static final int WRAP = 70_000;

    private final long notify = Arena.global().allocate(Long.BYTES, Long.BYTES).address();

    VirtioQueueDpdkTest(QueueFormat format) {
        super(format);
    }

    // ---- receive

    @Test
    void shouldOfferDeviceWholeRingOfMbufsWithRoomForHeaderInHeadroom() throws Exception {
        asReceiver(() -> {
            assertEquals(SLOTS, device.waiting());
            for (int i = 0; i < SLOTS; i++) {
                Chain chain = nextChain();
                long mbuf = mbufOf(chain.id());
                Part whole = new Part(address(mbuf) - NET_HEADER, Mbuf.room(mbuf) + NET_HEADER, true);
                assertEquals(List.of(whole), chain.parts());
            }
            int flags = format == QueueFormat.SPLIT ? RING_FLAGS : PackedRing.EVENT_FLAGS;
            assertEquals(1, UnsafeApi.getShort(counter(AVAILABLE) + flags), "no interrupts");
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
                for (int id : anyOrder(ids)) {
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

    /** From beyond the cache it would be slower, and nothing would say so. */
    @Test
    void shouldAllocateFromCacheOfTheThreadThatEnters() throws Exception {
        EalWorker.run(() -> {
            queue.fill(pool);
            long ours =
                    Arena.global().allocate(MbufAllocator.LENGTH, Long.BYTES).address();
            MbufAllocator.write(ours, pool, EalThread.lcore());
            SideLine.enter(line(queue.address()));
            for (int i = 0; i < MbufAllocator.LENGTH; i += Long.BYTES) {
                assertEquals(UnsafeApi.getLong(ours + i), counter(ALLOCATOR + i));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 1024, 32768})
    void shouldReceiveInQueueOfAnySize(int slots) throws Exception {
        make(slots);
        asReceiver(() -> {
            int given = device.waiting();
            assertTrue(given == slots || counter(WITHOUT_MBUF) > 0, () -> given + " of " + slots);
            for (int round = 0; round < 3 * slots; round += BURST) {
                assertTrue(device.complete(4, NET_HEADER + 60) > 0);
                int n = receive(BURST);
                assertEquals(4, n);
                Mbuf.free(array, n);
            }
        });
    }

    /** A header before the first part only; each mbuf then is of use as any other one. */
    @ParameterizedTest
    @ValueSource(ints = {60, 2048, 2049, 2048 + 2060, 2048 + 2060 + 1, 9014})
    void shouldReceiveFrameInAsManyMbufsAsItNeeds(int length) throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            byte[] frame = randomBytes(length);
            deviceWrites(frame);
            device.publish();
            assertEquals(1, receive(BURST));
            long mbuf = Frames.get(array, 0);
            assertEquals(length, Mbuf.packetLength(mbuf));
            assertEquals(length <= 2048 ? 1 : 1 + (length - 2048 + 2059) / 2060, Mbuf.segments(mbuf));
            assertArrayEquals(frame, bytesOf(mbuf));
            Mbuf.free(array, 1);
            assertEquals(1, queue.received());
            assertEquals(length, queue.frameBytes());
            restart();
            checkThatAllAreSingle(MbufAllocator.ofThisThread(pool));
        });
    }

    @Test
    void shouldTakeNoMoreFramesThanAskedForHoweverManyMbufsTheyAre() throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            for (int length : new int[] {5000, 60, 5000, 60}) {
                deviceWrites(randomBytes(length));
            }
            device.publish();
            assertEquals(1, receive(1));
            assertEquals(5000, bytesOf(Frames.get(array, 0)).length);
            Mbuf.free(array, 1);
            assertEquals(2, receive(2));
            assertEquals(60, bytesOf(Frames.get(array, 0)).length);
            assertEquals(5000, bytesOf(Frames.get(array, 1)).length);
            Mbuf.free(array, 2);
            assertEquals(1, receive(BURST));
            Mbuf.free(array, 1);
        });
    }

    @Test
    void shouldReceiveFramesOfAnyLengthAcrossWrapOfIndices() throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            Deque<byte[]> sent = new ArrayDeque<>();
            for (int buffers = 0; buffers < WRAP; ) {
                int before = device.waiting();
                while (device.waiting() >= 5 && random.nextInt(4) != 0) {
                    byte[] frame = randomBytes(60 + random.nextInt(random.nextBoolean() ? 1 : 8955));
                    deviceWrites(frame);
                    sent.add(frame);
                }
                buffers += before - device.waiting();
                device.publish();
                int n = receive(1 + random.nextInt(8));
                for (int i = 0; i < n; i++) {
                    assertArrayEquals(sent.remove(), bytesOf(Frames.get(array, i)), "seed " + seed);
                }
                Mbuf.free(array, n);
            }
            assertEquals(0, counter(DROPPED));
            assertFalse(queue.isBroken());
        });
    }

    /** Devices of before it leave what was there. */
    @Test
    void shouldNotLookAtNumberOfBuffersThatWasNotNegotiated() throws Exception {
        asReceiver(() -> {
            for (int buffers : new int[] {0, 1, 2, 0xffff}) {
                int id = device.next();
                header(id, 0, buffers);
                device.use(id, NET_HEADER + 60);
            }
            device.publish();
            assertEquals(4, receive(BURST));
            for (int i = 0; i < 4; i++) {
                assertTrue(Mbuf.isContiguous(Frames.get(array, i)));
            }
            Mbuf.free(array, 4);
        });
    }

    // ---- transmit

    @Test
    void shouldWriteHeaderBeforeFrameThatIsItsOwn() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, 1, 5);
            long mbuf = Frames.get(array, 0);
            UnsafeApi.setMemory(Mbuf.data(mbuf) - NET_HEADER - 1, NET_HEADER + 1, (byte) -1);
            assertEquals(1, transmit(1));
            Part whole = new Part(address(mbuf) - NET_HEADER, NET_HEADER + Frames.SHORTEST, false);
            assertEquals(List.of(whole), nextChain().parts());
            for (int i = 1; i <= NET_HEADER; i++) {
                assertEquals(0, UnsafeApi.getByte(Mbuf.data(mbuf) - i));
            }
            assertEquals(-1, UnsafeApi.getByte(Mbuf.data(mbuf) - NET_HEADER - 1));
            assertEquals(5, Frames.numberOf(mbuf), "the frame was not touched");
        });
    }

    /** It may lie in another device's ring, or have no room. */
    @Test
    void shouldWriteNothingBeforeFrameThatIsNotItsOwnAlone() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, 2, 0);
            long shared = Frames.get(array, 0);
            Mbuf.reference(shared);
            long full = Frames.get(array, 1);
            int moved = Mbuf.headroom(full) - NET_HEADER + 1;
            Mbuf.prepend(full, moved);
            for (long mbuf : new long[] {shared, full}) {
                UnsafeApi.setMemory(Mbuf.data(mbuf) - Mbuf.headroom(mbuf), Mbuf.headroom(mbuf), (byte) -1);
            }
            assertEquals(2, transmit(2));
            for (long mbuf : new long[] {shared, full}) {
                List<Part> parts = nextChain().parts();
                assertEquals(NET_HEADER, parts.getFirst().length());
                Part frame = new Part(address(mbuf), Mbuf.dataLength(mbuf), false);
                assertEquals(List.of(frame), parts.subList(1, parts.size()));
                for (int i = 1; i <= Mbuf.headroom(mbuf); i++) {
                    assertEquals(-1, UnsafeApi.getByte(Mbuf.data(mbuf) - i));
                }
            }
            Mbuf.unreference(shared);
        });
    }

    @Test
    void shouldRefuseWhatRingHasNoRoomFor() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, BURST, 0);
            assertEquals(queue.size(), transmit(BURST));
            int rest = BURST - queue.size();
            long from = Frames.from(array, queue.size());
            assertEquals(0, VirtioTransmit.transmit(queue.address(), from, rest));
            assertEquals(0, queue.completed());
            assertEquals(3, device.complete(3, 0));
            assertEquals(3, queue.completed());
            assertEquals(3, VirtioTransmit.transmit(queue.address(), from, rest));
            Mbuf.free(Frames.from(array, queue.size() + 3), rest - 3);
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
                    assertEquals(seen++, Frames.numberOf(mbufOf(id)), "seed " + seed);
                    inFlight.add(id);
                }
                anyOrder(inFlight);
                for (int i = random.nextInt(inFlight.size() + 1); i > 0; i--) {
                    device.use(inFlight.removeFirst(), 0);
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
                Chain chain = nextChain();
                assertEquals(4, chain.parts().size());
                long segment = head;
                for (int i = 1; i <= 3; i++) {
                    assertEquals(address(segment), chain.part(i).address());
                    segment = Mbuf.next(segment);
                }
                Frames.allocate(allocator, array, 1, round);
                assertEquals(1, transmit(1), "one of a single segment behind it");
                int id = device.next();
                assertEquals(round, Frames.numberOf(mbufOf(id)));
                anyOrder(new ArrayList<>(List.of(chain.id(), id))).forEach(used -> device.use(used, 0));
                device.publish();
            }
            assertFalse(queue.isBroken());
        });
    }

    @Test
    void shouldTakeAndCountFrameThatNoRingOfItsSizeCouldHold() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long largest = chained(allocator, queue.size() - 1);
            long tooLarge = chained(allocator, queue.size());
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
    void shouldFreeWhatWasSentByTheBatch() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            int batch = UnsafeApi.getInt(queue.address() + BATCH);
            Frames.allocate(allocator, array, batch, 0);
            assertEquals(batch - 1, transmit(batch - 1));
            device.complete(batch - 1, 0);
            assertEquals(0, transmit(0));
            assertEquals(pool.size() - batch, pool.available());
            assertEquals(1, VirtioTransmit.transmit(queue.address(), Frames.from(array, batch - 1), 1));
            device.complete(1, 0);
            assertEquals(0, transmit(0));
            assertEquals(pool.size(), pool.available());
        });
    }

    @Test
    void shouldLeaveOutSegmentsWithoutBytes() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int[] lengths : new int[][] {{0, 20, 30}, {20, 0, 30}, {20, 30, 0}, {0, 0, 20, 0, 0, 30, 0}}) {
                UnsafeApi.putLong(array, chainOf(allocator, lengths));
                assertEquals(1, transmit(1));
                Chain chain = nextChain();
                assertEquals(3, chain.parts().size());
                assertEquals(20, chain.part(1).length());
                assertEquals(30, chain.part(2).length());
                assertEquals(1, send(allocator, 1, 0), "the slot behind it");
                device.next();
                VirtioTransmit.reap(queue.address());
                restart();
            }
        });
    }

    /** QEMU marks a device broken that is given a descriptor of length 0. */
    @Test
    void shouldDropAndCountFrameWithoutBytes() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long empty = chainOf(allocator, 0, 0, 0);
            Frames.allocate(allocator, array, 4, 0);
            Mbuf.length(Frames.get(array, 1), 0);
            Mbuf.free(Frames.from(array, 2), 1);
            UnsafeApi.putLong(Frames.from(array, 2), empty);
            assertEquals(4, transmit(4));
            assertEquals(2, VirtioTransmit.dropped(queue.address()));
            assertEquals(2, device.waiting());
            assertEquals(0, Frames.numberOf(mbufOf(device.next())));
            assertEquals(3, Frames.numberOf(mbufOf(device.next())));
        });
    }

    @ParameterizedTest
    @CsvSource({"16, 6", "16, 8", "64, 18", "64, 32", "256, 98", "256, 128", "1024, 512"})
    void shouldTakeChainThatFitsOnceDeviceHasSentAll(int slots, int segments) throws Exception {
        make(slots);
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            int unfreed = UnsafeApi.getInt(queue.address() + BATCH) - 1;
            assertEquals(unfreed, send(allocator, unfreed, 0));
            assertEquals(unfreed, device.complete(slots, 0));
            UnsafeApi.putLong(array, chained(allocator, segments));
            assertEquals(1, transmit(1));
            device.complete(1, 0);
        });
    }

    /** The first slot may be the one that the device was last done with; a packed ring has places and no slots. */
    @Test
    void shouldTakeFrameWhoseSlotWasSentAfterLaterOnes() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assumeTrue(format == QueueFormat.SPLIT);
            assertEquals(queue.size(), send(allocator, queue.size(), 0));
            for (int slot : new int[] {1, 2, 3, 5}) {
                device.use(slot, 0);
            }
            device.publish();
            assertEquals(0, send(allocator, 4, 0), "slot 0 is the device's");
            device.use(0, 0);
            device.publish();
            assertEquals(4, send(allocator, 4, 0));
        });
    }

    /** However the thread that asks is held up, and whatever is posted and sent meanwhile. */
    @Test
    void shouldCountWhatIsCompletedWhileLoopSends() throws Exception {
        make(256);
        AtomicLong posted = new AtomicLong();
        AtomicLong done = new AtomicLong();
        // A packed ring has no index: while it changes all the time nobody else knows what is used and not freed.
        int unsure = format == QueueFormat.SPLIT ? 0 : queue.size();
        FutureTask<Boolean> sender = EalWorker.start(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long end = System.nanoTime() + 1_000_000_000L;
            while (System.nanoTime() < end) {
                posted.addAndGet(8);
                int refused = 8 - send(allocator, 8, 0);
                assertEquals(0, refused);
                done.addAndGet(device.complete(256, 0));
            }
        });
        try {
            long last = 0;
            while (!sender.isDone()) {
                long least = done.get();
                long now = queue.completed();
                long most = posted.get();
                assertTrue(least - unsure <= now && now <= most, () -> least + " <= " + now + " <= " + most);
                assertTrue(now >= last, "it went back");
                last = now;
            }
        } finally {
            EalWorker.join(sender);
        }
        assertEquals(posted.get(), queue.completed());
    }

    /** As a planned switch asks, before and after (U13). */
    @Test
    void shouldTellWhetherAllIsSent() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long line = line(0);
            assertTrue(TxCompletion.isDone(line));
            assertEquals(3, send(allocator, 3, 0));
            assertFalse(TxCompletion.isDone(line));
            device.complete(2, 0);
            assertFalse(TxCompletion.isDone(line));
            device.complete(1, 0);
            assertTrue(TxCompletion.isDone(line), "sent, though not freed");
        });
    }

    @Test
    void shouldFreeAllThatIsSentWhenItIsReaped() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(7, send(allocator, 7, 0));
            device.complete(6, 0);
            TxCompletion.reap(line(0));
            assertEquals(pool.size() - 1, pool.available(), "a batch, and what is less than one");
        });
    }

    private static long address(long mbuf) {
        return Mbuf.deviceAddress(mbuf, Mbuf.addressField(false));
    }

    private long line(long rx) {
        long line = SideLineSetup.allocate();
        SideLineSetup.writeVirtio(line, rx, queue.address(), queue.size(), true);
        return line;
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
}
