package io.twinport.dataplane.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.OffloadRequests;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.agrona.UnsafeApi;

/** A random packet: IPv4 or IPv6, UDP or TCP, any length, padding behind, with or without a tag to come. */
public final class TestPacket {
    private static final int ETHER = 14;
    private static final int TAG = 4;
    private static final int TCP_HEADER = 20;

    private final long array = Frames.array(1);
    private final Random random;
    private final boolean ipv6;
    private final boolean udp;
    private final int tci;
    private final int l3;
    private final int l4;
    private final int padding;
    private final byte[] raw;

    public TestPacket(Random random) {
        this(random, 8);
    }

    /** @param mostPadding bytes behind the packet, and less than so many */
    public TestPacket(Random random, int mostPadding) {
        this(
                random,
                random.nextBoolean(),
                random.nextBoolean() ? 1 + random.nextInt(0xffff) : 0,
                random.nextInt(1200),
                mostPadding == 0 ? 0 : random.nextInt(mostPadding));
    }

    /** Of TCP, to be cut into segments, and as long as any. */
    public static TestPacket merged(Random random) {
        return new TestPacket(random, false, 0, 1 + random.nextInt(65_000), 0);
    }

    private TestPacket(Random random, boolean udp, int tci, int data, int padding) {
        this.random = random;
        this.ipv6 = random.nextBoolean();
        this.udp = udp;
        this.tci = tci;
        this.l3 = ipv6 ? 40 : 20 + 4 * random.nextInt(3);
        this.l4 = (udp ? 8 : 20) + data;
        this.padding = padding;
        this.raw = new byte[ETHER + l3 + l4 + padding];
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
            frame.put(ETHER + l3 + 12, (byte) (TCP_HEADER / 4 << 4));
        }
    }

    /** As it is handed over, with anything for checksums. */
    public byte[] raw() {
        return raw.clone();
    }

    /** In as many mbufs as it needs; it asks to be cut into segments with so many bytes of data. */
    public long mbufToCut(MbufAllocator allocator, int segment) {
        long mbuf = 0;
        for (int from = 0; from < raw.length; from += Mbuf.dataLength(Frames.get(array, 0))) {
            assertEquals(1, allocator.allocate(array, 1));
            long part = Frames.get(array, 0);
            Mbuf.length(part, Math.min(Mbuf.room(part), raw.length - from));
            for (int i = 0; i < Mbuf.dataLength(part); i++) {
                UnsafeApi.putByte(Mbuf.data(part) + i, raw[from + i]);
            }
            if (mbuf == 0) {
                mbuf = part;
            } else {
                Frames.append(mbuf, part);
            }
        }
        MbufOffloads.ask(mbuf, MbufOffloads.segmented(request(), TCP_HEADER, segment));
        return mbuf;
    }

    /** In so many mbufs, the headers in the first; it asks for checksums and for a tag. */
    public long mbuf(MbufAllocator allocator, int segments) {
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
                (ipv6 ? MbufOffloads.IPV6 : MbufOffloads.IPV4 | MbufOffloads.IPV4_CHECKSUM)
                        | (udp ? MbufOffloads.UDP_CHECKSUM : MbufOffloads.TCP_CHECKSUM),
                ETHER,
                l3);
        if (tci != 0) {
            OffloadRequests.vlan(mbuf, tci);
        }
        return mbuf;
    }

    /** Flags and lengths of the checksum of TCP or UDP, as its headers say them, without a tag to come. */
    public long request() {
        long ip = ipv6 ? MbufOffloads.IPV6 : MbufOffloads.IPV4;
        return MbufOffloads.request(ip | (udp ? MbufOffloads.UDP_CHECKSUM : MbufOffloads.TCP_CHECKSUM), ETHER, l3);
    }

    public boolean isPadded() {
        return padding != 0;
    }

    /** With tag and checksums, of TCP's or UDP's only the pseudo header's sum: what a device gets that goes on from there. */
    public byte[] begun() {
        byte[] bytes = complete();
        int at = ETHER + l3 + (udp ? 6 : 16);
        ByteBuffer.wrap(bytes).putShort(tci == 0 ? at : at + TAG, (short) pseudoHeader());
        return bytes;
    }

    /** As it was handed over, but for the pseudo header's sum. */
    public byte[] begunToCut() {
        byte[] bytes = raw.clone();
        ByteBuffer.wrap(bytes).putShort(ETHER + l3 + (udp ? 6 : 16), (short) pseudoHeader());
        return bytes;
    }

    private int pseudoHeader() {
        int sum = (ipv6 ? sum(raw, ETHER + 8, 32, 0) : sum(raw, ETHER + 12, 8, 0)) + l4 + (udp ? 17 : 6);
        return (sum & 0xffff) + (sum >>> 16);
    }

    /** With tag and checksums. */
    public byte[] complete() {
        byte[] bytes = raw.clone();
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        if (!ipv6) {
            frame.putShort(ETHER + 10, (short) 0);
            frame.putShort(ETHER + 10, (short) ~sum(bytes, ETHER, l3, 0));
        }
        int field = ETHER + l3 + (udp ? 6 : 16);
        frame.putShort(field, (short) 0);
        int checksum = ~sum(bytes, ETHER + l3, l4, pseudoHeader()) & 0xffff;
        frame.putShort(field, (short) (udp && checksum == 0 ? 0xffff : checksum));
        if (tci == 0) {
            return bytes;
        }
        ByteBuffer tagged = ByteBuffer.allocate(bytes.length + TAG);
        tagged.put(bytes, 0, 12).putShort((short) 0x8100).putShort((short) tci).put(bytes, 12, bytes.length - 12);
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

    /** The bytes of a frame. */
    public static byte[] bytes(long mbuf) {
        byte[] bytes = new byte[Mbuf.packetLength(mbuf)];
        int at = 0;
        for (long segment = mbuf; segment != 0; segment = Mbuf.next(segment)) {
            for (int i = 0; i < Mbuf.dataLength(segment); i++) {
                bytes[at++] = UnsafeApi.getByte(Mbuf.data(segment) + i);
            }
        }
        return bytes;
    }
}
