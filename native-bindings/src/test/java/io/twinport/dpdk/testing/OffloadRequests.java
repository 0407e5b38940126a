package io.twinport.dpdk.testing;

import io.twinport.dpdk.Abi;
import io.twinport.dpdk.MbufOffloads;
import org.agrona.UnsafeApi;

/** Asks for offloads of a frame, as a sender does that DPDK's own functions have taught. */
public final class OffloadRequests {
    /** The frame is IPv4; goes with a checksum's flag. */
    public static final long IPV4 = Abi.constant("RTE_MBUF_F_TX_IPV4");

    public static final long TCP_CHECKSUM = Abi.constant("RTE_MBUF_F_TX_TCP_CKSUM");

    private static final int OL_FLAGS = Abi.offset("rte_mbuf", "ol_flags");
    private static final int VLAN_TCI = Abi.offset("rte_mbuf", "vlan_tci");
    private static final int TX_OFFLOAD = Abi.offset("rte_mbuf", "tx_offload");
    private static final int L3_SHIFT = 7;

    private OffloadRequests() {}

    /**
     * Asks for checksums.
     *
     * @param flags of the constants here and in {@link MbufOffloads}
     * @param l2Length bytes before the IP header, tags that lie in the frame included
     * @param l3Length bytes of the IP header, extension headers included
     */
    public static void checksums(long mbuf, long flags, int l2Length, int l3Length) {
        UnsafeApi.putLong(mbuf + OL_FLAGS, UnsafeApi.getLong(mbuf + OL_FLAGS) | flags);
        UnsafeApi.putLong(mbuf + TX_OFFLOAD, (long) l3Length << L3_SHIFT | l2Length);
    }

    /** Asks for a tag (802.1Q). */
    public static void vlan(long mbuf, int tci) {
        UnsafeApi.putLong(mbuf + OL_FLAGS, UnsafeApi.getLong(mbuf + OL_FLAGS) | MbufOffloads.VLAN);
        UnsafeApi.putShort(mbuf + VLAN_TCI, (short) tci);
    }
}
