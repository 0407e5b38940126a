package io.twinport.dpdk;

import org.agrona.UnsafeApi;

/**
 * What has to be asked for to have the checksum of a frame's TCP or UDP packet written, as the frame's own headers say it.
 * Senders know it of what they send; of a frame that comes from elsewhere it has to be found. For poll loops.
 */
public final class ChecksumRequest {
    private static final int TYPE = 12;
    private static final int TAG = 4;
    private static final int MOST_TAGS = 2;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_SERVICE_VLAN = 0x88a8;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86dd;

    private static final int IPV4_HEADER = 20;
    private static final int IPV4_LENGTH = 2;
    private static final int IPV4_FRAGMENT = 6;
    private static final int IPV4_PROTOCOL = 9;
    private static final int IPV6_HEADER = 40;
    private static final int IPV6_LENGTH = 4;
    private static final int IPV6_NEXT = 6;

    /** More fragments, and the offset of this one. */
    private static final int IS_FRAGMENT = 0x3fff;

    private static final int TCP = 6;
    private static final int TCP_HEADER = 20;
    private static final int UDP = 17;
    private static final int UDP_HEADER = 8;

    private ChecksumRequest() {}

    /**
     * The request for {@link MbufOffloads#ask}.
     *
     * @return 0 if the frame is not a whole TCP or UDP packet with its headers in the first mbuf, without extension headers
     */
    public static long of(long mbuf) {
        long frame = Mbuf.data(mbuf);
        int there = Mbuf.dataLength(mbuf);
        int l2 = TYPE + Short.BYTES;
        if (there < l2) {
            return 0;
        }
        int type = getShort(frame + TYPE);
        for (int i = 0; i < MOST_TAGS && (type == TYPE_VLAN || type == TYPE_SERVICE_VLAN); i++) {
            l2 += TAG;
            if (there < l2) {
                return 0;
            }
            type = getShort(frame + l2 - Short.BYTES);
        }
        int rest = Mbuf.packetLength(mbuf) - l2;
        return switch (type) {
            case TYPE_IPV4 -> ofIpv4(frame + l2, l2, there - l2, rest);
            case TYPE_IPV6 -> ofIpv6(frame + l2, l2, there - l2, rest);
            default -> 0;
        };
    }

    private static long ofIpv4(long ip, int l2, int there, int rest) {
        if (there < IPV4_HEADER || (getShort(ip + IPV4_FRAGMENT) & IS_FRAGMENT) != 0) {
            return 0;
        }
        int versionAndWords = UnsafeApi.getByte(ip) & 0xff;
        int l3 = (versionAndWords & 0xf) * Integer.BYTES;
        int length = getShort(ip + IPV4_LENGTH);
        boolean sound = versionAndWords >>> 4 == 4 && l3 >= IPV4_HEADER && length <= rest;
        int protocol = UnsafeApi.getByte(ip + IPV4_PROTOCOL) & 0xff;
        return sound ? of(MbufOffloads.IPV4, protocol, l2, l3, there, length - l3) : 0;
    }

    private static long ofIpv6(long ip, int l2, int there, int rest) {
        if (there < IPV6_HEADER || (UnsafeApi.getByte(ip) & 0xf0) != 0x60) {
            return 0;
        }
        int length = getShort(ip + IPV6_LENGTH);
        int protocol = UnsafeApi.getByte(ip + IPV6_NEXT) & 0xff;
        return IPV6_HEADER + length <= rest ? of(MbufOffloads.IPV6, protocol, l2, IPV6_HEADER, there, length) : 0;
    }

    /** @param length bytes of TCP or UDP, by the IP header */
    private static long of(long ip, int protocol, int l2, int l3, int there, int length) {
        int header = protocol == TCP ? TCP_HEADER : protocol == UDP ? UDP_HEADER : Integer.MAX_VALUE;
        if (length < header || there - l3 < header) {
            return 0;
        }
        return MbufOffloads.request(
                ip | (protocol == TCP ? MbufOffloads.TCP_CHECKSUM : MbufOffloads.UDP_CHECKSUM), l2, l3);
    }

    private static int getShort(long address) {
        return Short.reverseBytes(UnsafeApi.getShort(address)) & 0xffff;
    }
}
