package io.twinport.dpdk.testing;

import io.twinport.dpdk.Abi;
import io.twinport.dpdk.MbufOffloads;
import org.agrona.UnsafeApi;

/** Asks for offloads of a frame, as a sender does that DPDK's own functions have taught. */
public final class OffloadRequests {
    private static final int OL_FLAGS = Abi.offset("rte_mbuf", "ol_flags");
    private static final int VLAN_TCI = Abi.offset("rte_mbuf", "vlan_tci");

    private OffloadRequests() {}

    /**
     * Asks for checksums.
     *
     * @param flags of {@link MbufOffloads}
     * @param l2Length bytes before the IP header, tags that lie in the frame included
     * @param l3Length bytes of the IP header, extension headers included
     */
    public static void checksums(long mbuf, long flags, int l2Length, int l3Length) {
        MbufOffloads.ask(mbuf, MbufOffloads.request(flags, l2Length, l3Length));
    }

    /** Asks for a tag (802.1Q). */
    public static void vlan(long mbuf, int tci) {
        UnsafeApi.putLong(mbuf + OL_FLAGS, UnsafeApi.getLong(mbuf + OL_FLAGS) | MbufOffloads.VLAN);
        UnsafeApi.putShort(mbuf + VLAN_TCI, (short) tci);
    }
}
