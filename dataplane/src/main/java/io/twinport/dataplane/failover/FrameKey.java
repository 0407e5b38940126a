package io.twinport.dataplane.failover;

import io.twinport.dpdk.Mbuf;
import java.util.SplittableRandom;
import org.agrona.UnsafeApi;

/**
 * By what two copies of a frame are known as such, when they have come by two devices (U8): a number made of the frame as
 * the sender sent it. A tag that one device has taken out counts as if it were in; what follows the packet, which one device
 * pads with and the other does not, does not count, where the type tells the packet's length.
 *
 * <p>64 bits with a secret of this process: frames that differ have the same number once in 10^19 pairs, and nobody can
 * choose frames that have.
 */
final class FrameKey {
    /** Of a frame that cannot be compared with another device's copy. */
    static final long NONE = 0;

    private static final int TYPE = 12;
    private static final int TAGGED_TYPE = 16;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_SERVICE_VLAN = 0x88a8;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86dd;
    private static final int TYPE_ARP = 0x0806;

    /** A smaller number in the type's place is the length of what follows (IEEE 802.3). */
    private static final int LONGEST_LENGTH = 1500;

    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int ARP_HEADER = 8;

    /** More than the headers that are looked into. */
    private static final int HEADERS = 64;

    private static final int UNTAGGED = -1;

    private static final long SEED;
    private static final long FACTOR;

    static {
        SplittableRandom random = new SplittableRandom();
        SEED = random.nextLong();
        FACTOR = random.nextLong() | 1;
    }

    private FrameKey() {}

    /** The key of a frame, {@link #NONE} or negative. Reads the whole frame. */
    static long of(long mbuf) {
        int length = Mbuf.packetLength(mbuf);
        if (!Mbuf.isAsOnTheWire(mbuf)
                || length < TAGGED_TYPE + Short.BYTES
                || Mbuf.dataLength(mbuf) < Math.min(length, HEADERS)) {
            return NONE;
        }
        long frame = Mbuf.data(mbuf);
        int type = bigEndian(frame + TYPE);
        int tag = UNTAGGED;
        int packet = TYPE + Short.BYTES;
        if (Mbuf.isVlanStripped(mbuf)) {
            tag = Mbuf.vlan(mbuf);
        } else if (type == TYPE_VLAN || type == TYPE_SERVICE_VLAN) {
            tag = bigEndian(frame + packet);
            type = bigEndian(frame + TAGGED_TYPE);
            packet = TAGGED_TYPE + Short.BYTES;
        }
        int packetLength = Math.min(length - packet, packetLength(type, frame + packet, length - packet));
        long key = mix(SEED, UnsafeApi.getLong(frame));
        key = mix(key, UnsafeApi.getInt(frame + Long.BYTES) & 0xffff_ffffL | (long) type << Integer.SIZE);
        key = mix(key, tag & 0xffff_ffffL | (long) packetLength << Integer.SIZE);
        key = Mbuf.isContiguous(mbuf)
                ? mixBytes(key, frame + packet, packetLength)
                : mixSegments(key, mbuf, packet, packetLength);
        return key | Long.MIN_VALUE;
    }

    /** What the packet's own header says of its length, without padding; all that there is where it says nothing. */
    private static int packetLength(int type, long packet, int available) {
        if (type == TYPE_IPV4 && available >= IPV4_HEADER) {
            int total = bigEndian(packet + 2);
            return total >= IPV4_HEADER ? total : available;
        }
        if (type == TYPE_IPV6 && available >= IPV6_HEADER) {
            int payload = bigEndian(packet + 4);
            return payload != 0 ? IPV6_HEADER + payload : available; // 0 is a jumbogram's
        }
        if (type == TYPE_ARP && available >= ARP_HEADER) {
            int hardware = UnsafeApi.getByte(packet + 4) & 0xff;
            int protocol = UnsafeApi.getByte(packet + 5) & 0xff;
            return ARP_HEADER + 2 * (hardware + protocol);
        }
        return type <= LONGEST_LENGTH ? type : available;
    }

    private static long mixBytes(long key, long address, int length) {
        long result = key;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            result = mix(result, UnsafeApi.getLong(address + i));
        }
        long rest = 0;
        for (int shift = 0; i < length; i++, shift += Byte.SIZE) {
            rest |= (UnsafeApi.getByte(address + i) & 0xffL) << shift;
        }
        return mix(result, rest);
    }

    /** The same words, wherever the segments end; byte by byte, for such frames are few. */
    private static long mixSegments(long key, long mbuf, int from, int length) {
        long result = key;
        long word = 0;
        int at = 0;
        int skip = from;
        for (long segment = mbuf; segment != 0 && at < length; segment = Mbuf.next(segment)) {
            int end = Mbuf.dataLength(segment);
            long data = Mbuf.data(segment);
            for (int i = skip; i < end && at < length; i++) {
                word |= (UnsafeApi.getByte(data + i) & 0xffL) << Byte.SIZE * (at % Long.BYTES);
                if (++at % Long.BYTES == 0) {
                    result = mix(result, word);
                    word = 0;
                }
            }
            skip = Math.max(0, skip - end);
        }
        return mix(result, word);
    }

    private static long mix(long key, long word) {
        long mixed = key ^ word;
        return Math.unsignedMultiplyHigh(mixed, FACTOR) ^ mixed * FACTOR ^ SEED;
    }

    private static int bigEndian(long address) {
        return Short.reverseBytes(UnsafeApi.getShort(address)) & 0xffff;
    }
}
