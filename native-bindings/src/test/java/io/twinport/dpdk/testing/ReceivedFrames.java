package io.twinport.dpdk.testing;

import io.twinport.dpdk.Abi;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/** Makes mbufs such as drivers hand them up: with the flags of a receiving device, and in segments. */
public final class ReceivedFrames {
    private static final int OL_FLAGS = Abi.offset("rte_mbuf", "ol_flags");
    private static final int VLAN_TCI = Abi.offset("rte_mbuf", "vlan_tci");
    private static final int NB_SEGS = Abi.offset("rte_mbuf", "nb_segs");
    private static final int PKT_LEN = Abi.offset("rte_mbuf", "pkt_len");
    private static final int NEXT = Abi.offset("rte_mbuf", "next");

    private static final long VLAN = 1 | 1 << 6;
    private static final long LRO = 1 << 16;
    private static final long L4_CHECKSUM_GOOD = 1 << 8;
    private static final long L4_CHECKSUM_NONE = 1 << 3 | 1 << 8;

    private ReceivedFrames() {}

    /** Writes a frame into an empty mbuf. */
    public static void write(long mbuf, byte[] bytes) {
        long frame = Mbuf.data(mbuf);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(frame + i, bytes[i]);
        }
        Mbuf.length(mbuf, bytes.length);
    }

    /** The device has taken a VLAN tag out. */
    public static void stripped(long mbuf, int tag) {
        UnsafeApi.putShort(mbuf + VLAN_TCI, (short) tag);
        flag(mbuf, VLAN);
    }

    /** The sender was a guest on the same host, which left the checksum to whoever needs it. */
    public static void partialChecksum(long mbuf) {
        flag(mbuf, L4_CHECKSUM_NONE);
    }

    /** The device has checked the checksum. */
    public static void goodChecksum(long mbuf) {
        flag(mbuf, L4_CHECKSUM_GOOD);
    }

    /** The device has merged several segments of TCP. */
    public static void merged(long mbuf) {
        flag(mbuf, LRO);
    }

    /** Makes one frame of two mbufs. */
    public static void chain(long head, long tail) {
        UnsafeApi.putLong(head + NEXT, tail);
        UnsafeApi.putShort(head + NB_SEGS, (short) 2);
        UnsafeApi.putInt(head + PKT_LEN, Mbuf.dataLength(head) + Mbuf.dataLength(tail));
    }

    /** Undoes {@link #chain}. */
    public static void unchain(long head) {
        UnsafeApi.putLong(head + NEXT, 0);
        UnsafeApi.putShort(head + NB_SEGS, (short) 1);
        UnsafeApi.putInt(head + PKT_LEN, Mbuf.dataLength(head));
    }

    private static void flag(long mbuf, long flag) {
        UnsafeApi.putLong(mbuf + OL_FLAGS, UnsafeApi.getLong(mbuf + OL_FLAGS) | flag);
    }
}
