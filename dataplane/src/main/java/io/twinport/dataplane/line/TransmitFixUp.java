package io.twinport.dataplane.line;

import static io.twinport.dpdk.InternetChecksum.fold;
import static io.twinport.dpdk.InternetChecksum.sum;

import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufOffloads;
import org.agrona.UnsafeApi;

/**
 * What a device lacks of the offloads that its port promises, the CPU does (U5). So a frame that was meant for the primary
 * never goes raw to a standby that cannot do as much (the class of CVE-2022-48936). On the poll thread; ports that promise
 * nothing never come here.
 *
 * <p>A frame is changed where it lies: the tag takes four bytes of its headroom. What has been done for a frame is done for
 * good, whether or not it is taken, and the other side finds it done. One that has another owner is never changed: that may
 * be a driver, which sends it as it is then.
 */
public final class TransmitFixUp {
    private static final long ALL =
            EthOffloads.VLAN_INSERT | EthOffloads.IPV4_CHECKSUM | EthOffloads.UDP_CHECKSUM | EthOffloads.TCP_CHECKSUM;

    private static final int TAG = 4;
    private static final int MACS = 12;
    private static final int TPID = 0x8100;
    private static final int IPV4_LENGTH = 2;
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV4_ADDRESSES = 12;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_LENGTH = 4;
    private static final int IPV6_ADDRESSES = 8;
    private static final int IPV6_HEADER = 40;
    private static final int TCP = 6;
    private static final int TCP_HEADER = 20;
    private static final int UDP = 17;
    private static final int UNSOUND = -1;

    private TransmitFixUp() {}

    /**
     * Does all that frames' flags ask for, whatever devices can do, because later nobody may change them any more: they are
     * about to get another owner. A frame for which that cannot be done stays as far as it has come. One that is to be cut into
     * segments gets what our own driver's devices need for it.
     */
    public static void completeAll(long packets, int count) {
        for (int done = 0; done < count; done++) {
            done += complete(ALL, EthOffloads.TCP_SEGMENTATION, packets + (long) done * Long.BYTES, count - done);
        }
    }

    /**
     * Does for frames what their flags ask for and the device cannot do.
     *
     * @param lacks bits of {@code RTE_ETH_TX_OFFLOAD_*} that are promised and that the device cannot do
     * @param begins those of checksums that the device goes on with, once the pseudo header's sum is in the field
     * @return how many can be sent; the one after them is none for that, and its owner is the caller
     */
    static int complete(long lacks, long begins, long packets, int count) {
        int done = 0;
        while (done < count) {
            long mbuf = UnsafeApi.getLong(packets + (long) done * Long.BYTES);
            long flags = MbufOffloads.flags(mbuf);
            if ((flags & MbufOffloads.ANY) != 0 && !complete(mbuf, flags, lacks, begins)) {
                break;
            }
            done++;
        }
        return done;
    }

    /**
     * Does what the device lacks; false if the frame is none for that: headers that are not where it says, no headroom, another
     * owner.
     */
    private static boolean complete(long mbuf, long flags, long lacks, long begins) {
        boolean udp = (flags & MbufOffloads.L4_MASK) == MbufOffloads.UDP_CHECKSUM;
        boolean cut = (flags & MbufOffloads.TCP_SEGMENTATION) != 0;
        if (cut && !beginSegments(mbuf, flags, begins)) {
            return false;
        }
        long l4Checksum = udp ? EthOffloads.UDP_CHECKSUM : EthOffloads.TCP_CHECKSUM;
        long checksum = cut || (flags & MbufOffloads.L4_MASK) == 0 ? 0 : l4Checksum;
        boolean l4 = (lacks & checksum) != 0;
        boolean ipv4 = (flags & MbufOffloads.IPV4_CHECKSUM) != 0 && (lacks & EthOffloads.IPV4_CHECKSUM) != 0;
        boolean tag = (flags & MbufOffloads.VLAN) != 0 && (lacks & EthOffloads.VLAN_INSERT) != 0;
        if ((begins & checksum) != 0 && !beginL4(mbuf, flags, udp)) {
            return false;
        }
        if (!l4 && !ipv4 && !tag) {
            return true;
        }
        return Mbuf.isWritable(mbuf)
                && (!l4 || writeL4(mbuf, flags, udp))
                && (!ipv4 || writeIpv4(mbuf))
                && (!tag || insertTag(mbuf));
    }

    private static boolean insertTag(long mbuf) {
        if (Mbuf.headroom(mbuf) < TAG || Mbuf.dataLength(mbuf) < MACS) {
            return false;
        }
        Mbuf.prepend(mbuf, TAG);
        long frame = Mbuf.data(mbuf);
        for (int i = 0; i < MACS; i += Integer.BYTES) {
            UnsafeApi.putInt(frame + i, UnsafeApi.getInt(frame + TAG + i));
        }
        putShort(frame + MACS, TPID);
        putShort(frame + MACS + Short.BYTES, MbufOffloads.vlan(mbuf));
        MbufOffloads.growL2(mbuf, TAG);
        MbufOffloads.done(mbuf, MbufOffloads.VLAN);
        return true;
    }

    private static boolean writeIpv4(long mbuf) {
        int l3 = MbufOffloads.l3Length(mbuf);
        if (l3 < IPV4_HEADER || MbufOffloads.l2Length(mbuf) + l3 > Mbuf.dataLength(mbuf)) {
            return false;
        }
        long header = Mbuf.data(mbuf) + MbufOffloads.l2Length(mbuf);
        putShort(header + IPV4_CHECKSUM, 0);
        putShort(header + IPV4_CHECKSUM, ~fold(sum(header, l3)) & 0xffff);
        MbufOffloads.done(mbuf, MbufOffloads.IPV4_CHECKSUM);
        return true;
    }

    /** TCP's or UDP's, over the pseudo header and all that the IP header says is theirs: not over padding behind. */
    private static boolean writeL4(long mbuf, long flags, boolean udp) {
        int length = l4Length(mbuf, flags);
        if (length == UNSOUND) {
            return false;
        }
        long field = field(mbuf, flags);
        putShort(field, 0);
        int start = MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf);
        int checksum = ~fold(pseudoHeader(mbuf, flags, length, udp) + sum(mbuf, start, length)) & 0xffff;
        // RFC 768: no UDP checksum is all zero, which means that there is none.
        putShort(field, udp && checksum == 0 ? 0xffff : checksum);
        MbufOffloads.done(mbuf, MbufOffloads.L4_MASK);
        Mbuf.unmarkL4(mbuf);
        return true;
    }

    /**
     * Writes the pseudo header's sum for a device that sums up from there to the frame's end: where there is padding behind the
     * packet it is completed here. A frame with another owner has the sum already, or cannot be sent.
     */
    private static boolean beginL4(long mbuf, long flags, boolean udp) {
        int length = l4Length(mbuf, flags);
        int start = MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf);
        if (length == UNSOUND || start + length != Mbuf.packetLength(mbuf)) {
            return length != UNSOUND && Mbuf.isWritable(mbuf) && writeL4(mbuf, flags, udp);
        }
        return begin(mbuf, flags, length, udp);
    }

    private static boolean begin(long mbuf, long flags, int length, boolean udp) {
        int sum = fold(pseudoHeader(mbuf, flags, length, udp));
        long field = field(mbuf, flags);
        if (getShort(field) == sum) {
            return true;
        }
        if (!Mbuf.isWritable(mbuf)) {
            return false;
        }
        putShort(field, sum);
        return true;
    }

    /**
     * The same for a frame that the device cuts into segments, over its whole length. A driver of DPDK's does that itself, by
     * a rule of its own ({@code rte_eth_tx_prepare}). Ours sends no such frame where its device cannot cut it.
     */
    private static boolean beginSegments(long mbuf, long flags, long begins) {
        if (begins == 0) {
            return true;
        }
        int start = MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf);
        int header = MbufOffloads.l4Length(mbuf);
        boolean sound = (begins & EthOffloads.TCP_SEGMENTATION) != 0
                && MbufOffloads.segment(mbuf) != 0
                && MbufOffloads.l3Length(mbuf) >= ((flags & MbufOffloads.IPV6) != 0 ? IPV6_HEADER : IPV4_HEADER)
                && header >= TCP_HEADER
                && start + header <= Mbuf.dataLength(mbuf);
        return sound && begin(mbuf, flags, Mbuf.packetLength(mbuf) - start, false);
    }

    /** Bytes that are TCP's or UDP's, by the IP header; {@link #UNSOUND} if the headers are not where the mbuf says. */
    private static int l4Length(long mbuf, long flags) {
        int l3 = MbufOffloads.l3Length(mbuf);
        int start = MbufOffloads.l2Length(mbuf) + l3;
        int least = MbufOffloads.checksumField(flags) + Short.BYTES;
        boolean ipv6 = (flags & MbufOffloads.IPV6) != 0;
        if (l3 < (ipv6 ? IPV6_HEADER : IPV4_HEADER) || start + least > Mbuf.dataLength(mbuf)) {
            return UNSOUND;
        }
        long ip = Mbuf.data(mbuf) + MbufOffloads.l2Length(mbuf);
        int length = ipv6 ? getShort(ip + IPV6_LENGTH) - (l3 - IPV6_HEADER) : getShort(ip + IPV4_LENGTH) - l3;
        return length >= least && start + length <= Mbuf.packetLength(mbuf) ? length : UNSOUND;
    }

    private static long pseudoHeader(long mbuf, long flags, int length, boolean udp) {
        long ip = Mbuf.data(mbuf) + MbufOffloads.l2Length(mbuf);
        long addresses = (flags & MbufOffloads.IPV6) != 0 ? sum(ip + IPV6_ADDRESSES, 32) : sum(ip + IPV4_ADDRESSES, 8);
        return addresses + length + (udp ? UDP : TCP);
    }

    /** Address of the checksum. */
    private static long field(long mbuf, long flags) {
        int start = MbufOffloads.l2Length(mbuf) + MbufOffloads.l3Length(mbuf);
        return Mbuf.data(mbuf) + start + MbufOffloads.checksumField(flags);
    }

    private static int getShort(long address) {
        return Short.reverseBytes(UnsafeApi.getShort(address)) & 0xffff;
    }

    private static void putShort(long address, int value) {
        UnsafeApi.putShort(address, Short.reverseBytes((short) value));
    }
}
