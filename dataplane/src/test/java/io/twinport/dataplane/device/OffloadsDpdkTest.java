package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.QueueFunctions;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.OffloadRequests;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * U5: a frame for which checksums and a tag were asked leaves with them, whatever the side's device can do. What arrives is
 * compared with a frame that was made complete here, byte by byte.
 */
class OffloadsDpdkTest {
    private static final int FRAMES = 300;
    private static final int ETHER = 14;
    private static final int TAG = 4;

    private static final Offloads ALL = new Offloads(0, Bits.VLAN | Bits.IPV4 | Bits.UDP | Bits.TCP);

    /** The bits by their numbers, for this class is there before DPDK is. */
    private static final class Bits {
        static final long VLAN = 1;
        static final long IPV4 = 1 << 1;
        static final long UDP = 1 << 2;
        static final long TCP = 1 << 3;
    }

    @TempDir
    Path folder;

    private MbufPool pool;
    private final long array = Frames.array(2);
    private long line;
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @BeforeEach
    void createPool() {
        TestEal.start();
        assertEquals(
                ALL.tx(),
                EthOffloads.VLAN_INSERT
                        | EthOffloads.IPV4_CHECKSUM
                        | EthOffloads.UDP_CHECKSUM
                        | EthOffloads.TCP_CHECKSUM);
        pool = MbufPool.create("offloads", 2047);
        line = SideLineSetup.allocate();
        System.out.println("seed " + seed);
    }

    @AfterEach
    void findPoolFull() {
        assertEquals(pool.size(), pool.available());
        pool.close();
    }

    private EthSide start(EthDev dev) {
        EthSide side = new EthSide(dev);
        side.promiseOffloads(ALL);
        side.configure(pool, 1);
        side.start(new long[] {line}, 0);
        return side;
    }

    /** A ring can do nothing of it; frames in one mbuf and in several. */
    @Test
    void shouldCompleteWhatDeviceLacks() throws Exception {
        EthSide side = start(EthDev.probe("net_ring5"));
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < FRAMES; i++) {
                Packet packet = new Packet();
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1 + random.nextInt(3)));
                assertEquals(1, SideLine.transmit(line, array, 1));
                assertEquals(1, SideLine.receive(line, array, 1));
                assertEquals(0, MbufOffloads.flags(Frames.get(array, 0)) & MbufOffloads.ANY);
                assertArrayEquals(packet.complete(), bytes(Frames.get(array, 0)), () -> packet + ", seed " + seed);
                Mbuf.free(array, 1);
            }
        });
        side.stop();
        side.remove();
    }

    /**
     * A virtio device inserts tags and completes L4 checksums, which its driver's own preparation has begun; it knows nothing
     * of IPv4's. It sums up to the frame's end, so there is nothing behind.
     */
    @Test
    void shouldLeaveToDriverWhatDeviceCanDo() throws Exception {
        VirtioWire wire = VirtioWire.lay(folder, 0, "02:00:00:00:00:01", far -> {
            far.configure(pool);
            far.start();
        });
        EthSide side = start(wire.near());
        assertTrue((side.offloads().tx() & EthOffloads.VLAN_INSERT) != 0);
        assertEquals(0, side.offloads().tx() & EthOffloads.IPV4_CHECKSUM);
        QueueFunctions far = wire.far().queue();
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int i = 0; i < FRAMES; i++) {
                Packet packet = new Packet(0);
                UnsafeApi.putLong(array, packet.mbuf(allocator, 1));
                assertEquals(1, SideLine.transmit(line, array, 1));
                long deadline = System.nanoTime() + 10_000_000_000L;
                while (Burst.call(far.rxFunction(), far.rxQueue(), array, 1) == 0) {
                    assertTrue(System.nanoTime() < deadline, "a frame has not arrived");
                }
                assertArrayEquals(packet.complete(), bytes(Frames.get(array, 0)), () -> packet + ", seed " + seed);
                Mbuf.free(array, 1);
            }
        });
        side.stop();
        side.remove();
        wire.far().stop();
        wire.far().remove();
    }

    /** Headers that are not where the flags say cannot be completed: the frame is freed, and all others are sent. */
    @Test
    void shouldFreeFrameThatIsNotWhatItSays() throws Exception {
        EthSide side = start(EthDev.probe("net_ring5"));
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            for (int at = 0; at < 2; at++) {
                Packet good = new Packet();
                UnsafeApi.putLong(array + (1 - at) * Long.BYTES, good.mbuf(allocator, 1));
                assertEquals(1, allocator.allocate(array + at * Long.BYTES, 1));
                long bad = Frames.get(array, at);
                Frames.write(bad, 1, Frames.SHORTEST);
                OffloadRequests.checksums(bad, OffloadRequests.IPV4 | MbufOffloads.UDP_CHECKSUM, ETHER, 100);
                assertEquals(2, SideLine.transmit(line, array, 2));
                assertEquals(at + 1, SideLine.unsendable(line));
                assertEquals(1, SideLine.receive(line, array, 2));
                assertArrayEquals(good.complete(), bytes(Frames.get(array, 0)));
                Mbuf.free(array, 1);
            }
        });
        side.stop();
        side.remove();
    }

    /** Without a promise flags mean nothing, and the frame goes as it is. */
    @Test
    void shouldLeaveFramesAloneWherePortPromisesNothing() throws Exception {
        EthSide side = new EthSide(EthDev.probe("net_ring5"));
        side.configure(pool, 1);
        side.start(new long[] {line}, 0);
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            Packet packet = new Packet();
            UnsafeApi.putLong(array, packet.mbuf(allocator, 1));
            assertEquals(1, SideLine.transmit(line, array, 1));
            assertEquals(1, SideLine.receive(line, array, 1));
            assertArrayEquals(packet.raw, bytes(Frames.get(array, 0)));
            Mbuf.free(array, 1);
        });
        side.stop();
        side.remove();
    }

    private static byte[] bytes(long mbuf) {
        byte[] bytes = new byte[Mbuf.packetLength(mbuf)];
        int at = 0;
        for (long segment = mbuf; segment != 0; segment = Mbuf.next(segment)) {
            for (int i = 0; i < Mbuf.dataLength(segment); i++) {
                bytes[at++] = UnsafeApi.getByte(Mbuf.data(segment) + i);
            }
        }
        return bytes;
    }

    /** A random packet: IPv4 or IPv6, UDP or TCP, any length, padding behind, with or without a tag to come. */
    private final class Packet {
        private final boolean ipv6 = random.nextBoolean();
        private final boolean udp = random.nextBoolean();
        private final int tci = random.nextBoolean() ? 1 + random.nextInt(0xffff) : 0;
        private final int l3 = ipv6 ? 40 : 20 + 4 * random.nextInt(3);
        private final int l4 = (udp ? 8 : 20) + random.nextInt(1200);
        private final int padding;
        private final byte[] raw;

        Packet() {
            this(8);
        }

        Packet(int mostPadding) {
            padding = mostPadding == 0 ? 0 : random.nextInt(mostPadding);
            raw = new byte[ETHER + l3 + l4 + padding];
            random.nextBytes(raw);
            raw[0] &= (byte) 0xfe;
            ByteBuffer frame = ByteBuffer.wrap(raw);
            frame.putShort(12, (short) (ipv6 ? 0x86dd : 0x0800));
            if (ipv6) {
                frame.putInt(ETHER, 6 << 28);
                frame.putShort(ETHER + 4, (short) l4);
                frame.put(ETHER + 6, (byte) (udp ? 17 : 6));
            } else {
                frame.put(ETHER, (byte) (0x40 | l3 / 4));
                frame.putShort(ETHER + 2, (short) (l3 + l4));
                frame.putShort(ETHER + 6, (short) 0);
                frame.put(ETHER + 9, (byte) (udp ? 17 : 6));
            }
            if (udp) {
                frame.putShort(ETHER + l3 + 4, (short) l4);
            } else {
                frame.put(ETHER + l3 + 12, (byte) (5 << 4));
            }
        }

        /** In so many mbufs, the headers in the first. */
        long mbuf(MbufAllocator allocator, int segments) {
            int headers = ETHER + l3 + (udp ? 8 : 20);
            long mbuf = 0;
            int from = 0;
            for (int i = 0; i < segments; i++) {
                int least = Math.max(from, headers);
                int to = i == segments - 1 ? raw.length : least + random.nextInt(raw.length - least + 1);
                assertEquals(1, allocator.allocate(array, 1));
                long segment = Frames.get(array, 0);
                for (int j = from; j < to; j++) {
                    UnsafeApi.putByte(Mbuf.data(segment) + j - from, raw[j]);
                }
                Mbuf.length(segment, to - from);
                if (mbuf == 0) {
                    mbuf = segment;
                } else {
                    Frames.append(mbuf, segment);
                }
                from = to;
            }
            OffloadRequests.checksums(
                    mbuf,
                    (ipv6 ? MbufOffloads.IPV6 : OffloadRequests.IPV4 | MbufOffloads.IPV4_CHECKSUM)
                            | (udp ? MbufOffloads.UDP_CHECKSUM : OffloadRequests.TCP_CHECKSUM),
                    ETHER,
                    l3);
            if (tci != 0) {
                OffloadRequests.vlan(mbuf, tci);
            }
            return mbuf;
        }

        byte[] complete() {
            byte[] bytes = raw.clone();
            ByteBuffer frame = ByteBuffer.wrap(bytes);
            if (!ipv6) {
                frame.putShort(ETHER + 10, (short) 0);
                frame.putShort(ETHER + 10, (short) ~sum(bytes, ETHER, l3, 0));
            }
            int field = ETHER + l3 + (udp ? 6 : 16);
            frame.putShort(field, (short) 0);
            int pseudo = ipv6 ? sum(bytes, ETHER + 8, 32, 0) : sum(bytes, ETHER + 12, 8, 0);
            int checksum = ~sum(bytes, ETHER + l3, l4, pseudo + l4 + (udp ? 17 : 6)) & 0xffff;
            frame.putShort(field, (short) (udp && checksum == 0 ? 0xffff : checksum));
            if (tci == 0) {
                return bytes;
            }
            ByteBuffer tagged = ByteBuffer.allocate(bytes.length + TAG);
            tagged.put(bytes, 0, 12)
                    .putShort((short) 0x8100)
                    .putShort((short) tci)
                    .put(bytes, 12, bytes.length - 12);
            return tagged.array();
        }

        private static int sum(byte[] bytes, int from, int length, int start) {
            byte[] even = Arrays.copyOfRange(bytes, from, from + length + (length & 1));
            if ((length & 1) != 0) {
                even[length] = 0;
            }
            ByteBuffer words = ByteBuffer.wrap(even);
            int sum = start;
            while (words.hasRemaining()) {
                sum += words.getShort() & 0xffff;
                sum = (sum & 0xffff) + (sum >>> 16);
            }
            return (sum & 0xffff) + (sum >>> 16);
        }

        @Override
        public String toString() {
            return (ipv6 ? "IPv6" : "IPv4") + (udp ? " UDP" : " TCP") + ", tag " + tci + ", " + raw.length + " bytes";
        }
    }
}
