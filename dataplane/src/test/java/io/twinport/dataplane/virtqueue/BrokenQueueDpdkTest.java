package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.testing.Frames;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both queues against a device that does what it must not. */
@ParameterizedClass(name = "{0}")
@EnumSource(QueueFormat.class)
class BrokenQueueDpdkTest extends QueueRig {
    private static final int NEEDS_CHECKSUM = 1;
    private static final int CHECKSUM_IS_RIGHT = 2;

    BrokenQueueDpdkTest(QueueFormat format) {
        super(format);
    }

    // ---- receive

    @Test
    void shouldDropFramesThatAreNoneOrDoNotFit() throws Exception {
        asReceiver(() -> {
            int room = Mbuf.room(mbufOf(0));
            int[] lengths = {0, NET_HEADER, NET_HEADER + 13, NET_HEADER + room + 1, -1, NET_HEADER + room};
            for (int length : lengths) {
                device.use(device.next(), length);
            }
            device.publish();
            assertEquals(1, receive(BURST));
            assertEquals(room, Mbuf.packetLength(Frames.get(array, 0)));
            Mbuf.free(array, 1);
            assertEquals(5, counter(DROPPED));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {SLOTS, -1, 1 << 20})
    void shouldLeaveQueueAloneWhenDeviceUsesWhatItWasNotGiven(int id) throws Exception {
        asReceiver(() -> {
            device.complete(2, NET_HEADER + 60);
            for (int i = 0; i < 10; i++) {
                device.use(id, NET_HEADER + 60);
            }
            device.publish();
            assertEquals(2, receive(BURST), "what came before is good");
            Mbuf.free(array, 2);
            assertTrue(queue.isBroken());
            assertEquals(2, queue.received());
            device.complete(1, NET_HEADER + 60);
            assertEquals(0, receive(BURST));
            assertEquals(2, queue.received());
        });
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

    /** Further than what it has: elements of the last lap name buffers that were given to it anew. */
    @ParameterizedTest
    @ValueSource(ints = {SLOTS + 1, 0x4000, 0x8000, -1})
    void shouldDeliverNothingWhenUsedIndexJumps(int jump) throws Exception {
        assumeTrue(format == QueueFormat.SPLIT, "a packed ring has none");
        asReceiver(() -> {
            for (int lap = 0; lap < 2; lap++) {
                assertEquals(SLOTS, device.complete(SLOTS, NET_HEADER + 60));
                Mbuf.free(array, receive(BURST));
            }
            jump(jump);
            for (int i = 0; i < 3; i++) {
                assertEquals(0, receive(4));
                assertTrue(queue.isBroken());
            }
            assertEquals(2 * SLOTS, queue.received());
        });
    }

    /** What the device has used is all there is of a frame: it is no use to wait for more (5.1.6.4.1). */
    @ParameterizedTest
    @ValueSource(ints = {0, 4, SLOTS, SLOTS + 1, 0x8000, 0xffff})
    void shouldLeaveQueueAloneWhenFrameHasNoBuffersOrMoreThanAreUsed(int buffers) throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            deviceWrites(randomBytes(60));
            int id = device.next();
            header(id, 0, buffers);
            device.use(id, NET_HEADER + Mbuf.room(mbufOf(id)));
            device.use(device.next(), 100);
            device.use(device.next(), 100);
            device.publish();
            assertEquals(1, receive(BURST), "what came before is good");
            Mbuf.free(array, 1);
            assertTrue(queue.isBroken());
            device.complete(1, NET_HEADER + 60);
            assertEquals(0, receive(BURST));
            assertEquals(1, queue.received());
        });
    }

    /** Out of range, or for the second time: in the midst of a frame. */
    @ParameterizedTest
    @ValueSource(ints = {SLOTS, -1, 0, 1})
    void shouldLeaveQueueAloneWhenRestOfFrameIsNoBuffer(int id) throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            int first = device.next();
            header(first, 0, 4);
            device.use(first, NET_HEADER + Mbuf.room(mbufOf(first)));
            device.use(device.next(), 100);
            device.use(id, 100);
            device.use(device.next(), 100);
            device.publish();
            assertEquals(0, receive(BURST));
            assertTrue(queue.isBroken());
            restart();
            checkThatAllAreSingle(MbufAllocator.ofThisThread(pool));
        });
    }

    /** All its mbufs are freed, and the frame behind it is received. */
    @ParameterizedTest
    @CsvSource({"-1, 100", "0, 100", "13, 100", "2049, 100", "2048, 0", "2048, -1", "2048, 2061", "2048, 100000"})
    void shouldDropWholeFrameOfWhichOnePartCannotBe(int first, int second) throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            int id = device.next();
            header(id, 0, first < 0 ? 1 : 3);
            device.use(id, NET_HEADER + first);
            if (first >= 0) {
                device.use(device.next(), second);
                device.use(device.next(), 100);
            }
            byte[] frame = randomBytes(3000);
            deviceWrites(frame);
            device.publish();
            assertEquals(1, receive(BURST));
            assertArrayEquals(frame, bytesOf(Frames.get(array, 0)));
            Mbuf.free(array, 1);
            assertEquals(1, queue.dropped());
            assertFalse(queue.isBroken());
            restart();
            checkThatAllAreSingle(MbufAllocator.ofThisThread(pool));
        });
    }

    @ParameterizedTest
    @CsvSource({"65557, 1", "65558, 0"})
    void shouldDropFrameThatIsLongerThanAnyPacket(int length, int received) throws Exception {
        make(64);
        asReceiver(() -> {
            queue.mergeBuffers();
            deviceWrites(randomBytes(length));
            device.publish();
            assertEquals(received, receive(BURST));
            Mbuf.free(array, received);
            assertEquals(1 - received, queue.dropped());
        });
    }

    private void jump(int by) {
        long idx = counter(USED) + RING_IDX;
        UnsafeApi.putShortRelease(null, idx, (short) (UnsafeApi.getShort(idx) + by));
    }

    /** DPDK's vhost library hands such frames on, whatever was negotiated. */
    @ParameterizedTest
    @CsvSource({"60, 34, 6", "61, 34, 6", "1514, 54, 16", "36, 34, 0", "1000, 0, 40"})
    void shouldFillChecksumInThatSenderHasLeft(int length, int start, int offset) throws Exception {
        asReceiver(() -> {
            int id = device.next();
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            long mbuf = frame(id, bytes, NEEDS_CHECKSUM, 0, start, offset);
            device.complete(1, NET_HEADER + 60);
            device.publish();
            assertEquals(2, receive(BURST));
            assertEquals(mbuf, Frames.get(array, 0));
            int checksum = 0;
            for (int i = 0; i < length; i++) {
                byte now = UnsafeApi.getByte(Mbuf.data(mbuf) + i);
                if (i == start + offset || i == start + offset + 1) {
                    checksum = checksum << 8 | now & 0xff;
                } else {
                    assertEquals(bytes[i], now, "byte " + i);
                }
            }
            long sum = checksum;
            for (int i = start; i < length; i += 2) {
                sum += word(bytes, i);
            }
            assertEquals(0, sum % 0xffff, () -> "seed " + seed);
            Mbuf.free(array, 2);
            assertEquals(1, queue.unfinished());
            assertEquals(0, queue.dropped());
            assertEquals(2, queue.received());
        });
    }

    /** Also behind an odd number of bytes. */
    @ParameterizedTest
    @ValueSource(ints = {34, 35})
    void shouldFillChecksumInOverAllMbufsOfAFrame(int start) throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            byte[] bytes = randomBytes(5001);
            long mbuf = mbufOf(0);
            deviceWrites(bytes);
            long header = Mbuf.data(mbuf) - NET_HEADER;
            UnsafeApi.putByte(header + HEADER_FLAGS, (byte) NEEDS_CHECKSUM);
            UnsafeApi.putShort(header + CSUM_START, (short) start);
            UnsafeApi.putShort(header + CSUM_OFFSET, (short) 6);
            device.publish();
            assertEquals(1, receive(BURST));
            byte[] now = bytesOf(mbuf);
            long sum = word(now, start + 6);
            for (int i = start; i < bytes.length; i += 2) {
                sum += word(bytes, i);
            }
            assertEquals(0, sum % 0xffff, () -> "seed " + seed);
            bytes[start + 6] = now[start + 6];
            bytes[start + 7] = now[start + 7];
            assertArrayEquals(bytes, now);
            Mbuf.free(array, 1);
        });
    }

    /** UDP knows no checksum of 0. */
    @Test
    void shouldFillInNoChecksumOfZero() throws Exception {
        asReceiver(() -> {
            byte[] bytes = new byte[60];
            bytes[40] = bytes[41] = -1;
            long mbuf = frame(device.next(), bytes, NEEDS_CHECKSUM, 0, 34, 6);
            device.publish();
            assertEquals(1, receive(BURST));
            assertEquals(-1, UnsafeApi.getShort(Mbuf.data(mbuf) + 40));
            Mbuf.free(array, 1);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 34, 6",
        "0, 1, 0, 0",
        "1, 0, 34, 25",
        "1, 0, 60, 0",
        "1, 0, 65535, 65535",
        "5, 0, 34, 6",
        "128, 0, 0, 0"
    })
    void shouldDropFrameThatIsLeftUnfinishedAndCannotBeFinished(int flags, int gso, int start, int offset)
            throws Exception {
        asReceiver(() -> {
            frame(device.next(), new byte[60], flags, gso, start, offset);
            device.publish();
            assertEquals(0, receive(BURST));
            assertEquals(1, queue.unfinished());
            assertEquals(1, queue.dropped());
            assertEquals(0, queue.received());
        });
    }

    @Test
    void shouldTakeFrameAsItIsWhoseChecksumTheDeviceHasFoundRight() throws Exception {
        asReceiver(() -> {
            frame(device.next(), new byte[60], CHECKSUM_IS_RIGHT, 0, 34, 6);
            device.publish();
            assertEquals(1, receive(BURST));
            assertEquals(0, UnsafeApi.getShort(Mbuf.data(Frames.get(array, 0)) + 40));
            Mbuf.free(array, 1);
            assertEquals(0, queue.unfinished());
        });
    }

    /** What a device writes into a buffer: a header, and bytes. */
    private long frame(int id, byte[] bytes, int flags, int gso, int start, int offset) {
        long mbuf = mbufOf(id);
        long header = Mbuf.data(mbuf) - NET_HEADER;
        UnsafeApi.setMemory(header, NET_HEADER, (byte) 0);
        UnsafeApi.putByte(header, (byte) flags);
        UnsafeApi.putByte(header + 1, (byte) gso);
        UnsafeApi.putShort(header + 6, (short) start);
        UnsafeApi.putShort(header + 8, (short) offset);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(Mbuf.data(mbuf) + i, bytes[i]);
        }
        device.use(id, NET_HEADER + bytes.length);
        return mbuf;
    }

    /** Of a frame, in network order; behind its end are zeros. */
    private static long word(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (at + 1 < bytes.length ? bytes[at + 1] & 0xff : 0);
    }

    // ---- transmit

    @Test
    void shouldTakeNothingOnceDeviceCompletesWhatItWasNotGiven() throws Exception {
        make(256);
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(BURST, send(allocator, BURST, 0));
            for (int i = 0; i < BURST; i++) {
                device.use(BURST + i, 0);
            }
            device.publish();
            for (int i = 0; i < 3; i++) {
                assertEquals(0, send(allocator, BURST, 0));
                assertTrue(queue.isBroken());
                assertFalse(VirtioTransmit.isSent(queue.address()), "nobody knows, whatever the index says");
                device.complete(4, 0);
                assertEquals(0, transmit(0));
            }
            VirtioTransmit.reap(queue.address());
            assertEquals(pool.size() - BURST, pool.available(), "they are the device's until it is reset");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 9, 0x4000, -1})
    void shouldFreeNothingWhenUsedIndexJumps(int jump) throws Exception {
        assumeTrue(format == QueueFormat.SPLIT, "a packed ring has none");
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(8, send(allocator, 8, 0));
            assertEquals(8, device.complete(8, 0));
            VirtioTransmit.reap(queue.address());
            assertEquals(4, send(allocator, 4, 0));
            assertEquals(8, queue.completed());
            jump(jump);
            VirtioTransmit.reap(queue.address());
            assertEquals(0, send(allocator, 1, 0));
            assertTrue(queue.isBroken());
            assertEquals(pool.size() - 4, pool.available());
            assertFalse(VirtioTransmit.isSent(queue.address()));
        });
    }

    /** A statistic that falls is taken for a reset of the device. */
    @Test
    void shouldNeverCountBackWhateverTheRingsSay() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            assertEquals(8, send(allocator, 8, 0));
            device.complete(8, 0);
            assertEquals(8, queue.completed());
            for (int i = 0; i < 1000; i++) {
                scribble(format == QueueFormat.SPLIT ? USED : DESCRIPTORS);
                assertEquals(8, queue.completed(), "seed " + seed);
            }
            restart();
            assertEquals(0, queue.completed());
        });
    }
}
