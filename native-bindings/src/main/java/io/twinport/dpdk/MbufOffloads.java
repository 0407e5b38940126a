package io.twinport.dpdk;

import org.agrona.UnsafeApi;

/**
 * What a sender asks of the device that is to send a frame: flags in the mbuf ({@code RTE_MBUF_F_TX_*}), the lengths of the
 * headers, and the tag. For poll loops: no objects, no checks.
 *
 * <pre>
 *   tx_offload: 63 .. 40 | 39 .. 24  | 23 .. 16 | 15 .. 7 | 6 .. 0
 *                  ...   | tso_segsz | l4_len   | l3_len  | l2_len
 * </pre>
 */
public final class MbufOffloads {
    /** The tag is to be inserted. */
    public static final long VLAN = Abi.constant("RTE_MBUF_F_TX_VLAN");

    /** The frame is IPv4; goes with a checksum's flag. */
    public static final long IPV4 = Abi.constant("RTE_MBUF_F_TX_IPV4");

    /** The frame is IPv6; goes with a checksum's flag. */
    public static final long IPV6 = Abi.constant("RTE_MBUF_F_TX_IPV6");

    /** IPv4's own checksum is to be written. */
    public static final long IPV4_CHECKSUM = Abi.constant("RTE_MBUF_F_TX_IP_CKSUM");

    /** TCP's or UDP's checksum is to be written: a number in these bits, not flags. */
    public static final long L4_MASK = Abi.constant("RTE_MBUF_F_TX_L4_MASK");

    public static final long TCP_CHECKSUM = Abi.constant("RTE_MBUF_F_TX_TCP_CKSUM");
    public static final long UDP_CHECKSUM = Abi.constant("RTE_MBUF_F_TX_UDP_CKSUM");

    /** The frame is to be cut into segments of TCP's, each with its checksum. jextract leaves it out; see AbiLayoutTest. */
    public static final long TCP_SEGMENTATION = 1L << 50;

    /** A frame without any of these asks for nothing. */
    public static final long ANY = VLAN | IPV4_CHECKSUM | L4_MASK | TCP_SEGMENTATION;

    private static final int OL_FLAGS = Abi.offset("rte_mbuf", "ol_flags");
    private static final int VLAN_TCI = Abi.offset("rte_mbuf", "vlan_tci");
    private static final int TX_OFFLOAD = Abi.offset("rte_mbuf", "tx_offload");
    private static final int L3_SHIFT = 7;
    private static final int L2_MASK = 0x7f;
    private static final int L3_MASK = 0x1ff;
    private static final int L4_SHIFT = 16;
    private static final int L4_LENGTH_MASK = 0xff;
    private static final int SEGMENT_SHIFT = 24;
    private static final long LENGTHS = (1L << 40) - 1;
    private static final int TCP_FIELD = 16;
    private static final int UDP_FIELD = 6;

    private MbufOffloads() {}

    public static long flags(long mbuf) {
        return UnsafeApi.getLong(mbuf + OL_FLAGS);
    }

    /** What these flags ask for has been done. */
    public static void done(long mbuf, long flags) {
        UnsafeApi.putLong(mbuf + OL_FLAGS, UnsafeApi.getLong(mbuf + OL_FLAGS) & ~flags);
    }

    /**
     * A frame of which nothing has been asked yet asks for what {@link #request} has made.
     *
     * @param request of which 0 asks for nothing
     */
    public static void ask(long mbuf, long request) {
        UnsafeApi.putLong(mbuf + OL_FLAGS, UnsafeApi.getLong(mbuf + OL_FLAGS) | request & ~LENGTHS);
        UnsafeApi.putLong(mbuf + TX_OFFLOAD, request & LENGTHS);
    }

    /**
     * Flags, and the lengths that belong to them, in one word: they have no bits in common.
     *
     * @param l2Length bytes before the IP header, at most 127
     * @param l3Length bytes of the IP header, at most 511
     */
    public static long request(long flags, int l2Length, int l3Length) {
        return flags | (long) l3Length << L3_SHIFT | l2Length;
    }

    /**
     * A {@link #request} for a checksum of TCP's, made one to be cut into segments.
     *
     * @param l4Length bytes of TCP's header, at most 255
     * @param segment bytes of data in each, at most 65535
     */
    public static long segmented(long request, int l4Length, int segment) {
        return request | TCP_SEGMENTATION | (long) segment << SEGMENT_SHIFT | (long) l4Length << L4_SHIFT;
    }

    /** Bytes of TCP's header, of a frame that is to be cut into segments. */
    public static int l4Length(long mbuf) {
        return (int) (UnsafeApi.getLong(mbuf + TX_OFFLOAD) >>> L4_SHIFT) & L4_LENGTH_MASK;
    }

    /** Bytes of data in each segment. */
    public static int segment(long mbuf) {
        return (int) (UnsafeApi.getLong(mbuf + TX_OFFLOAD) >>> SEGMENT_SHIFT) & 0xffff;
    }

    /** Bytes before TCP's or UDP's header, of a {@link #request}. */
    public static int l4Start(long request) {
        return ((int) request & L2_MASK) + ((int) (request >>> L3_SHIFT) & L3_MASK);
    }

    /** Where in TCP's or UDP's header the checksum is that flags ask for; 0 if they ask for neither. Segments need one too. */
    public static int checksumField(long flags) {
        long l4 = (flags & TCP_SEGMENTATION) != 0 ? TCP_CHECKSUM : flags & L4_MASK;
        return l4 == TCP_CHECKSUM ? TCP_FIELD : l4 == UDP_CHECKSUM ? UDP_FIELD : 0;
    }

    public static int vlan(long mbuf) {
        return UnsafeApi.getShort(mbuf + VLAN_TCI) & 0xffff;
    }

    public static int l2Length(long mbuf) {
        return (int) UnsafeApi.getLong(mbuf + TX_OFFLOAD) & L2_MASK;
    }

    public static int l3Length(long mbuf) {
        return (int) (UnsafeApi.getLong(mbuf + TX_OFFLOAD) >>> L3_SHIFT) & L3_MASK;
    }

    /** There are so many bytes more before the IP header. */
    public static void growL2(long mbuf, int bytes) {
        UnsafeApi.putLong(mbuf + TX_OFFLOAD, UnsafeApi.getLong(mbuf + TX_OFFLOAD) + bytes);
    }
}
