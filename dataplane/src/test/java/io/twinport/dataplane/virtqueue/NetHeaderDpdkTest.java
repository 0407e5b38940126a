package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.testing.TestPacket;
import io.twinport.dpdk.ChecksumRequest;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.dpdk.testing.Frames;
import java.util.ArrayList;
import java.util.List;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said in the header before a frame, both ways. */
@ParameterizedClass(name = "{0}")
@EnumSource(QueueFormat.class)
class NetHeaderDpdkTest extends QueueRig {
    private static final int NEEDS_CHECKSUM = 1;
    private static final int DATA_VALID = 2;
    private static final int PACKETS = 1000;

    /** {@code RTE_MBUF_F_RX_L4_CKSUM_*} of mbufs. */
    private static final long RIGHT = 1 << 8;

    private static final long LRO = 1 << 16;
    private static final long UNWRITTEN = 1 << 3 | 1 << 8;

    NetHeaderDpdkTest(QueueFormat format) {
        super(format);
    }

    // ---- transmit

    /** Before the frame, or in a slot for headers, of which each frame has its own. */
    @Test
    void shouldAskDeviceForTheChecksumThatTheMbufAsksFor() throws Exception {
        queue.sendChecksums();
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int round = 0; round < PACKETS; round++) {
                List<TestPacket> packets = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    TestPacket packet = new TestPacket(random, 0);
                    packets.add(packet);
                    UnsafeApi.putLong(Frames.from(array, 0), packet.mbuf(allocator, 1 + random.nextInt(3)));
                    assertEquals(1, transmit(1));
                }
                for (TestPacket packet : packets) {
                    Chain chain = nextChain();
                    int id = chain.id();
                    long mbuf = mbufOf(id);
                    long header = Mbuf.isContiguous(mbuf)
                            ? Mbuf.data(mbuf) - NET_HEADER
                            : counter(HEADERS) + (long) id * NetHeader.STRIDE;
                    checkWhereDeviceFindsIt(header, chain, mbuf);
                    long request = packet.request();
                    checkHeader(
                            header, NEEDS_CHECKSUM, MbufOffloads.l4Start(request), MbufOffloads.checksumField(request));
                    device.use(id, 0);
                }
                device.publish();
            }
        });
    }

    private void checkWhereDeviceFindsIt(long header, Chain chain, long mbuf) {
        long ours = Mbuf.isContiguous(mbuf)
                ? Mbuf.deviceAddress(mbuf, Mbuf.addressField(false)) - NET_HEADER
                : counter(HEADER) + header - counter(HEADERS);
        assertEquals(ours, chain.part(0).address());
    }

    @Test
    void shouldAskForNothingWhereTheMbufDoesNot() throws Exception {
        queue.sendChecksums();
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Frames.allocate(allocator, array, 1, 0);
            long plain = Frames.get(array, 0);
            UnsafeApi.setMemory(Mbuf.data(plain) - NET_HEADER, NET_HEADER, (byte) -1);
            assertEquals(1, transmit(1));
            checkHeader(Mbuf.data(plain) - NET_HEADER, 0, 0, 0);
            long chain = chained(allocator, 2);
            UnsafeApi.putLong(array, chain);
            UnsafeApi.setMemory(counter(HEADERS), SLOTS * NetHeader.STRIDE, (byte) -1);
            assertEquals(1, transmit(1));
            checkHeader(counter(HEADERS) + NetHeader.STRIDE, 0, 0, 0);
        });
    }

    /** The request of a frame means nothing to a device that has not agreed to it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldAskForNothingWhereThatWasNotNegotiated(int segments) throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            long mbuf = new TestPacket(random, 0).mbuf(allocator, segments);
            UnsafeApi.putLong(array, mbuf);
            assertEquals(1, transmit(1));
            checkHeader(segments == 1 ? Mbuf.data(mbuf) - NET_HEADER : zeroes(), 0, 0, 0);
            assertEquals(0, counter(HEADERS));
        });
    }

    /** The header that all share, by our own address. */
    private long zeroes() {
        return queue.descriptors() + counter(HEADER) - queue.descriptorsIova();
    }

    private static void checkHeader(long header, int flags, int start, int offset) {
        assertEquals(flags, UnsafeApi.getInt(header), "flags, gso_type, hdr_len");
        assertEquals(0, UnsafeApi.getShort(header + 4), "gso_size");
        assertEquals(start, UnsafeApi.getShort(header + CSUM_START));
        assertEquals(offset, UnsafeApi.getInt(header + CSUM_OFFSET), "csum_offset, num_buffers");
    }

    // ---- receive

    @Test
    void shouldFindInFramesWhatTheirSendersKnow() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < PACKETS; i++) {
                TestPacket packet = new TestPacket(random);
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1 + random.nextInt(3)));
                assertEquals(packet.request(), ChecksumRequest.of(Frames.get(array, 0)), () -> packet + ", " + seed);
                Mbuf.free(array, 1);
            }
        });
    }

    /** However it is cut off, and whatever it says: nothing is asked for that lies beyond the frame. */
    @Test
    void shouldFindNothingBeyondFrames() throws Exception {
        asSender(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            int found = 0;
            for (int i = 0; i < 100 * PACKETS; i++) {
                UnsafeApi.putLong(array, new TestPacket(random).mbuf(allocator, 1));
                long mbuf = Frames.get(array, 0);
                int cut = random.nextInt(4) == 0 ? random.nextInt(Math.min(80, Mbuf.dataLength(mbuf))) : 0;
                Mbuf.length(mbuf, cut == 0 ? Mbuf.dataLength(mbuf) : cut);
                UnsafeApi.putByte(Mbuf.data(mbuf) + 12 + random.nextInt(30), (byte) random.nextInt());
                long request = ChecksumRequest.of(mbuf);
                int end = MbufOffloads.l4Start(request) + MbufOffloads.checksumField(request);
                assertTrue(request == 0 || end + Short.BYTES <= Mbuf.dataLength(mbuf), () -> "seed " + seed);
                found += request == 0 ? 0 : 1;
                Mbuf.free(array, 1);
            }
            assertTrue(found > PACKETS, "seed " + seed);
        });
    }

    @Test
    void shouldHaveFrameSayThatItsChecksumIsUnwritten() throws Exception {
        asReceiver(() -> {
            queue.receiveChecksums();
            for (int i = 0; i < PACKETS; i++) {
                TestPacket packet = new TestPacket(random);
                long request = packet.request();
                deviceWrites(packet.raw(), NEEDS_CHECKSUM, 0, request, 0);
                assertEquals(1, receive(BURST));
                long mbuf = Frames.get(array, 0);
                assertArrayEquals(packet.raw(), bytesOf(mbuf));
                assertEquals(UNWRITTEN | request & ~0xffffL, MbufOffloads.flags(mbuf));
                assertEquals(MbufOffloads.l4Start(request), MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf));
                assertFalse(Mbuf.isAsOnTheWire(mbuf));
                Mbuf.free(array, 1);
            }
            assertEquals(PACKETS, queue.unfinished());
        });
    }

    @ParameterizedTest
    @CsvSource({"true, 2, 256", "true, 0, 0", "false, 2, 0"})
    void shouldHaveFrameSayThatItsChecksumIsRight(boolean negotiated, int flags, long marks) throws Exception {
        asReceiver(() -> {
            if (negotiated) {
                queue.receiveChecksums();
            }
            deviceWrites(new TestPacket(random).raw(), flags, 0, 0, 0);
            assertEquals(1, receive(BURST));
            assertEquals(marks, MbufOffloads.flags(Frames.get(array, 0)));
            Mbuf.free(array, 1);
            assertEquals(0, queue.unfinished());
        });
    }

    /** A frame in several mbufs goes another way through the driver. */
    @ParameterizedTest
    @CsvSource({"0, 0", "2, 256"})
    void shouldHaveSpreadFrameSayWhetherItsChecksumIsRight(int flags, long marks) throws Exception {
        asReceiver(() -> {
            queue.mergeBuffers();
            queue.receiveChecksums();
            long mbuf = mbufOf(0);
            deviceWrites(randomBytes(5000));
            UnsafeApi.putByte(Mbuf.data(mbuf) - NET_HEADER, (byte) flags);
            device.publish();
            assertEquals(1, receive(BURST));
            assertEquals(marks, MbufOffloads.flags(mbuf));
            Mbuf.free(array, 1);
        });
    }

    /** The checksum is elsewhere than TCP's and UDP's: only who knows of both flags and protocol could write it later. */
    @ParameterizedTest
    @CsvSource({"1, 0", "0, 2", "-3, 0", "0, -6", "-34, 0"})
    void shouldFillChecksumInThatNoFlagCanTell(int start, int offset) throws Exception {
        asReceiver(() -> {
            queue.receiveChecksums();
            TestPacket packet = new TestPacket(random);
            long request = packet.request();
            deviceWrites(packet.raw(), NEEDS_CHECKSUM | DATA_VALID, start, request, offset);
            assertEquals(1, receive(BURST));
            byte[] bytes = bytesOf(Frames.get(array, 0));
            assertEquals(RIGHT, MbufOffloads.flags(Frames.get(array, 0)));
            int from = MbufOffloads.l4Start(request) + start;
            int field = from + MbufOffloads.checksumField(request) + offset;
            int sum = word(bytes, field);
            for (int i = from; i < bytes.length; i += 2) {
                sum += word(packet.raw(), i);
            }
            assertEquals(0, sum % 0xffff, "seed " + seed);
            Mbuf.free(array, 1);
            assertEquals(1, queue.unfinished());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0, 0",
        "0, 1, 0, 0",
        "1, 0, 30000, 0",
        "1, 0, 0, 30000",
        "5, 0, 0, 0",
        "128, 0, 0, 0",
        "1, 4, 0, 0"
    })
    void shouldDropWhatItHasNotNegotiatedOrCannotFinish(int flags, int gso, int start, int offset) throws Exception {
        asReceiver(() -> {
            queue.receiveChecksums();
            TestPacket packet = new TestPacket(random);
            deviceWrites(packet.raw(), flags | gso << 8, start, packet.request(), offset);
            assertEquals(0, receive(BURST));
            assertEquals(1, queue.dropped());
            assertEquals(1, queue.unfinished());
        });
    }

    /** In network order; behind the frame's end are zeros. */
    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (at + 1 < bytes.length ? bytes[at + 1] & 0xff : 0);
    }

    @Test
    void shouldHaveMergedFrameAskToBeCutAgain() throws Exception {
        asReceiver(() -> {
            queue.receiveMerged();
            for (int i = 0; i < PACKETS; i++) {
                TestPacket packet = new TestPacket(random, 0);
                long request = packet.request();
                boolean ipv6 = (request & MbufOffloads.IPV6) != 0;
                boolean udp = MbufOffloads.checksumField(request) == 6;
                deviceWritesMerged(packet, NEEDS_CHECKSUM, ipv6 ? 4 : 1, 1448);
                assertEquals(udp ? 0 : 1, receive(BURST));
                if (!udp) {
                    long mbuf = Frames.get(array, 0);
                    long flags = UNWRITTEN | LRO | MbufOffloads.TCP_SEGMENTATION | request & ~0xffffL;
                    assertEquals(flags, MbufOffloads.flags(mbuf));
                    assertEquals(20, MbufOffloads.l4Length(mbuf));
                    assertEquals(1448, MbufOffloads.segment(mbuf));
                    Mbuf.free(array, 1);
                }
            }
        });
    }

    /** No size, types that were not negotiated or are none, no checksum to be written, a header of TCP's that there cannot be. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0, 5", "1, 2, 1448, 5", "1, 3, 1448, 5", "1, 4, 1448, 5", "1, 5, 1448, 5", "1, 129, 1448, 5",
        "1, 255, 1448, 5", "0, 1, 1448, 5", "2, 1, 1448, 5", "5, 1, 1448, 5", "1, 1, 1448, 4", "1, 1, 1448, 0",
        "1, 1, 1448, 15"
    })
    void shouldDropWhatIsNotMergedAsItsHeaderSays(int flags, int gso, int size, int words) throws Exception {
        asReceiver(() -> {
            queue.receiveMerged();
            byte[] bytes = new byte[14 + 20 + 20 + 10];
            bytes[12] = 8;
            bytes[14] = 0x45;
            bytes[17] = 50;
            bytes[23] = 6;
            bytes[14 + 20 + 12] = (byte) (words << 4);
            int id = device.next();
            header(id, flags, 1);
            long data = Mbuf.data(mbufOf(id));
            UnsafeApi.putByte(data - NET_HEADER + 1, (byte) gso);
            UnsafeApi.putShort(data - NET_HEADER + GSO_SIZE, (short) size);
            UnsafeApi.putShort(data - NET_HEADER + CSUM_START, (short) 34);
            UnsafeApi.putShort(data - NET_HEADER + CSUM_OFFSET, (short) 16);
            for (int i = 0; i < bytes.length; i++) {
                UnsafeApi.putByte(data + i, bytes[i]);
            }
            device.use(id, NET_HEADER + bytes.length);
            device.publish();
            assertEquals(0, receive(BURST));
            assertEquals(1, queue.dropped());
            assertEquals(1, queue.unfinished());
        });
    }

    private void deviceWritesMerged(TestPacket packet, int flags, int gso, int size) {
        // It is only read after this.
        long data = deviceWrites(packet.raw(), flags | gso << 8, 0, packet.request(), 0);
        UnsafeApi.putShort(data - NET_HEADER + GSO_SIZE, (short) size);
    }

    /**
     * @param start bytes that are added to where TCP or UDP begins
     * @param offset bytes that are added to where its checksum is
     * @return where the frame begins
     */
    private long deviceWrites(byte[] frame, int flags, int start, long request, int offset) {
        int id = device.next();
        long data = Mbuf.data(mbufOf(id));
        header(id, 0, 1);
        UnsafeApi.putShort(data - NET_HEADER, (short) flags);
        UnsafeApi.putShort(data - NET_HEADER + CSUM_START, (short) (MbufOffloads.l4Start(request) + start));
        UnsafeApi.putShort(data - NET_HEADER + CSUM_OFFSET, (short) (MbufOffloads.checksumField(request) + offset));
        for (int i = 0; i < frame.length; i++) {
            UnsafeApi.putByte(data + i, frame[i]);
        }
        device.use(id, NET_HEADER + frame.length);
        device.publish();
        return data;
    }
}
