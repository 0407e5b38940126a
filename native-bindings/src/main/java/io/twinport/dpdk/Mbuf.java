package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.agrona.UnsafeApi;

/**
 * Fields of a {@code struct rte_mbuf} at a native address. For poll loops: constant offsets, no objects, no checks.
 *
 * <pre>
 *   0        8         16       18     20      22   24       32          36      40       42
 *  +---------+---------+--------+------+-------+----+--------+-----------+-------+--------+---------+--
 *  |buf_addr |buf_iova |data_off|refcnt|nb_segs|port|ol_flags|packet_type|pkt_len|data_len|vlan_tci |..
 *  +---------+---------+--------+------+-------+----+--------+-----------+-------+--------+---------+--
 * </pre>
 */
public final class Mbuf {
    private static final int BUF_ADDR = Abi.offset("rte_mbuf", "buf_addr");
    private static final int BUF_IOVA = Abi.offset("rte_mbuf", "buf_iova");
    private static final int DATA_OFF = Abi.offset("rte_mbuf", "data_off");
    private static final int REFCNT = Abi.offset("rte_mbuf", "refcnt");
    private static final int NB_SEGS = Abi.offset("rte_mbuf", "nb_segs");
    private static final int PORT = Abi.offset("rte_mbuf", "port");
    private static final int OL_FLAGS = Abi.offset("rte_mbuf", "ol_flags");
    private static final int PACKET_TYPE = Abi.offset("rte_mbuf", "packet_type");
    private static final int PKT_LEN = Abi.offset("rte_mbuf", "pkt_len");
    private static final int DATA_LEN = Abi.offset("rte_mbuf", "data_len");
    private static final int VLAN_TCI = Abi.offset("rte_mbuf", "vlan_tci");
    private static final int VLAN_TCI_OUTER = Abi.offset("rte_mbuf", "vlan_tci_outer");
    private static final int BUF_LEN = Abi.offset("rte_mbuf", "buf_len");
    private static final int NEXT = Abi.offset("rte_mbuf", "next");

    /** What {@link #port} is of a frame that was allocated and not received by DPDK. */
    public static final int NO_PORT = 0xffff;

    /** data_off = the headroom, refcnt = 1, nb_segs = 1, port = none: the eight bytes that {@link #reset} writes at once. */
    private static final long FRESH = Abi.constant("RTE_PKTMBUF_HEADROOM")
            | 1L << 8 * (REFCNT - DATA_OFF)
            | 1L << 8 * (NB_SEGS - DATA_OFF)
            | 0xffffL << 8 * (PORT - DATA_OFF);

    // The flags of a received frame. jextract leaves them out unless asked; AbiLayoutTest checks them.
    static final long RX_VLAN_STRIPPED = 1L << 6;
    static final long RX_IP_CHECKSUM_NONE = 1L << 4 | 1L << 7;
    static final long RX_L4_CHECKSUM_GOOD = 1L << 8;
    static final long RX_L4_CHECKSUM_NONE = 1L << 3 | 1L << 8;
    static final long RX_QINQ_STRIPPED = 1L << 15;
    static final long RX_LRO = 1L << 16;

    // The bytes are another mbuf's, or nobody knows whose.
    static final long INDIRECT = 1L << 62;
    static final long EXTERNAL = 1L << 61;

    private static final MethodHandle FREE_BULK =
            Symbols.function("rte_pktmbuf_free_bulk", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT));

    private Mbuf() {}

    /** Address of the frame's first byte. */
    public static long data(long mbuf) {
        return UnsafeApi.getLong(mbuf + BUF_ADDR) + (UnsafeApi.getShort(mbuf + DATA_OFF) & 0xffff);
    }

    /**
     * Where a device finds the frame's first byte.
     *
     * @param field of {@link #addressField}
     */
    public static long deviceAddress(long mbuf, int field) {
        return UnsafeApi.getLong(mbuf + field) + (UnsafeApi.getShort(mbuf + DATA_OFF) & 0xffff);
    }

    /**
     * A release from 23.03 on can be built without physical addresses: its mbufs have another layout then, and it says so
     * nowhere. But the address for devices, which no mbuf of a pool is without, is 0.
     *
     * @param mbuf of a pool
     * @throws DpdkException if it has that layout
     */
    static void checkLayout(long mbuf) {
        if (UnsafeApi.getLong(mbuf + BUF_IOVA) == 0) {
            throw new DpdkException(
                    "DPDK was built without physical addresses (enable_iova_as_pa=false), so its mbufs have"
                            + " a layout that twinport does not know. Install one that was built with them, as a distribution's is");
        }
    }

    /**
     * Which field of an mbuf has its address for a device.
     *
     * @param own whether the device is told this process's own addresses, as a far end by vhost-user is; else IOVAs
     */
    public static int addressField(boolean own) {
        return own ? BUF_ADDR : BUF_IOVA;
    }

    /**
     * Whether so many bytes can be written before a frame: it lies in one mbuf that nobody else owns, whose buffer is its own,
     * and there is room.
     */
    public static boolean isOursToPrepend(long mbuf, int bytes) {
        return isContiguous(mbuf) && isWritable(mbuf) && headroom(mbuf) >= bytes;
    }

    /** Bytes in this segment; the whole frame where {@link #isContiguous}. */
    public static int dataLength(long mbuf) {
        return UnsafeApi.getShort(mbuf + DATA_LEN) & 0xffff;
    }

    /** Bytes in all segments. */
    public static int packetLength(long mbuf) {
        return UnsafeApi.getInt(mbuf + PKT_LEN);
    }

    /** DPDK's number of the port that has received the frame; {@link #NO_PORT} of one that none has. */
    public static int port(long mbuf) {
        return UnsafeApi.getShort(mbuf + PORT) & 0xffff;
    }

    /** Whether the frame lies in one segment. */
    public static boolean isContiguous(long mbuf) {
        return UnsafeApi.getShort(mbuf + NB_SEGS) == 1;
    }

    /** How many segments the frame lies in. */
    public static int segments(long mbuf) {
        return UnsafeApi.getShort(mbuf + NB_SEGS) & 0xffff;
    }

    /** The segment after this one, 0 after the last. */
    public static long next(long mbuf) {
        return UnsafeApi.getLong(mbuf + NEXT);
    }

    /**
     * How many owners an mbuf has: 1 again when all but one have freed it. Acquire: pairs with the decrement of the owner
     * that frees it, after its last read of the frame.
     */
    public static int references(long mbuf) {
        return UnsafeApi.getShortAcquire(null, mbuf + REFCNT) & 0xffff;
    }

    /**
     * One owner more: it has to be freed once more. An owner may only do this to an mbuf that it owns; the mbuf is
     * shared from then on, and nobody may write into it.
     */
    public static void reference(long mbuf) {
        addReference(mbuf);
        if (!isContiguous(mbuf)) {
            for (long segment = next(mbuf); segment != 0; segment = next(segment)) {
                addReference(segment);
            }
        }
    }

    /** Takes {@link #reference} back, by the one who made it, while nobody else can have freed the mbuf. */
    public static void unreference(long mbuf) {
        for (long segment = mbuf; segment != 0; segment = isContiguous(mbuf) ? 0 : next(segment)) {
            UnsafeApi.getAndAddShort(null, segment + REFCNT, (short) -1);
        }
    }

    /** An mbuf with one owner is changed by nobody else, and a locked instruction is saved: 5 ns. */
    private static void addReference(long segment) {
        if (UnsafeApi.getShort(segment + REFCNT) == 1) {
            UnsafeApi.putShort(segment + REFCNT, (short) 2);
        } else {
            UnsafeApi.getAndAddShort(null, segment + REFCNT, (short) 1);
        }
    }

    /** Whether the bytes of this segment are its owner's alone, so that he may write into them ({@code rte_vlan_insert}'s rule). */
    public static boolean isWritable(long mbuf) {
        return references(mbuf) == 1 && (UnsafeApi.getLong(mbuf + OL_FLAGS) & (INDIRECT | EXTERNAL)) == 0;
    }

    /** Bytes that fit behind the data offset. */
    public static int room(long mbuf) {
        return (UnsafeApi.getShort(mbuf + BUF_LEN) & 0xffff) - (UnsafeApi.getShort(mbuf + DATA_OFF) & 0xffff);
    }

    /** Bytes that are free before the frame. */
    public static int headroom(long mbuf) {
        return UnsafeApi.getShort(mbuf + DATA_OFF) & 0xffff;
    }

    /** Lets the frame begin so many bytes earlier; there must be headroom. */
    public static void prepend(long mbuf, int bytes) {
        widen(mbuf, bytes);
        UnsafeApi.putShort(mbuf + DATA_LEN, (short) (dataLength(mbuf) + bytes));
        UnsafeApi.putInt(mbuf + PKT_LEN, packetLength(mbuf) + bytes);
    }

    /** Whether the device or its driver has taken one VLAN tag out of the frame: {@link #vlan} has it. */
    public static boolean isVlanStripped(long mbuf) {
        return (UnsafeApi.getLong(mbuf + OL_FLAGS) & (RX_VLAN_STRIPPED | RX_QINQ_STRIPPED)) == RX_VLAN_STRIPPED;
    }

    /** The tag control information that was taken out of the frame. */
    public static int vlan(long mbuf) {
        return UnsafeApi.getShort(mbuf + VLAN_TCI) & 0xffff;
    }

    /**
     * Whether a received frame has its bytes as the wire had them, but for one VLAN tag: no checksum that is yet to be
     * filled in (a virtio host leaves that to the guest), not merged of several frames, no second tag taken out.
     */
    public static boolean isAsOnTheWire(long mbuf) {
        long flags = UnsafeApi.getLong(mbuf + OL_FLAGS);
        return (flags & (RX_LRO | RX_QINQ_STRIPPED)) == 0
                && !isL4Unwritten(mbuf)
                && (flags & RX_IP_CHECKSUM_NONE) != RX_IP_CHECKSUM_NONE;
    }

    /** The device, or who has sent the frame, vouches for TCP's or UDP's checksum: nobody need look at it. */
    public static void markL4Right(long mbuf) {
        markL4(mbuf, RX_L4_CHECKSUM_GOOD);
    }

    /** TCP's or UDP's checksum is yet to be written, and nothing has happened to the data. */
    public static void markL4Unwritten(long mbuf) {
        markL4(mbuf, RX_L4_CHECKSUM_NONE);
    }

    /** The frame has been merged of several; what {@link #markL4Unwritten} says is true too. */
    public static void markMerged(long mbuf) {
        markL4(mbuf, RX_L4_CHECKSUM_NONE | RX_LRO);
    }

    /** Whether {@link #markL4Unwritten} is true of a frame. */
    public static boolean isL4Unwritten(long mbuf) {
        return (UnsafeApi.getLong(mbuf + OL_FLAGS) & RX_L4_CHECKSUM_NONE) == RX_L4_CHECKSUM_NONE;
    }

    /** Nothing is known of TCP's or UDP's checksum. */
    public static void unmarkL4(long mbuf) {
        markL4(mbuf, 0);
    }

    private static void markL4(long mbuf, long mark) {
        long flags = UnsafeApi.getLong(mbuf + OL_FLAGS);
        UnsafeApi.putLong(mbuf + OL_FLAGS, flags & ~RX_L4_CHECKSUM_NONE | mark);
    }

    /** Sets the length of a frame of one segment. */
    public static void length(long mbuf, int length) {
        UnsafeApi.putInt(mbuf + PKT_LEN, length);
        UnsafeApi.putShort(mbuf + DATA_LEN, (short) length);
    }

    /**
     * Puts a segment behind the last one of a frame. To free the frame is to free it too, and both are single mbufs again then.
     *
     * @param last segment of the frame, which may be {@code mbuf} itself
     * @param segment an mbuf without others behind it
     * @param length bytes that it has of the frame, from its data offset on
     */
    public static void append(long mbuf, long last, long segment, int length) {
        UnsafeApi.putShort(segment + DATA_LEN, (short) length);
        UnsafeApi.putLong(last + NEXT, segment);
        UnsafeApi.putShort(mbuf + NB_SEGS, (short) (segments(mbuf) + 1));
        UnsafeApi.putInt(mbuf + PKT_LEN, packetLength(mbuf) + length);
    }

    /** Has the data of an empty mbuf begin so many bytes earlier; there must be headroom. */
    public static void widen(long mbuf, int bytes) {
        UnsafeApi.putShort(mbuf + DATA_OFF, (short) (headroom(mbuf) - bytes));
    }

    /**
     * {@code rte_pktmbuf_reset} of an mbuf that comes out of its pool. {@code next} is null already (freed mbufs are
     * kept so), and {@code tx_offload} means nothing while {@code ol_flags} is 0, so the second cache line is left
     * alone: who sets an offload flag writes the whole of {@code tx_offload}.
     */
    static void reset(long mbuf) {
        UnsafeApi.putLong(mbuf + DATA_OFF, FRESH);
        UnsafeApi.putLong(mbuf + OL_FLAGS, 0L);
        UnsafeApi.putInt(mbuf + PACKET_TYPE, 0);
        UnsafeApi.putInt(mbuf + PKT_LEN, 0);
        UnsafeApi.putShort(mbuf + DATA_LEN, (short) 0);
        UnsafeApi.putShort(mbuf + VLAN_TCI, (short) 0);
        UnsafeApi.putShort(mbuf + VLAN_TCI_OUTER, (short) 0);
    }

    /**
     * Frees mbufs, to the cache of the calling thread where it has one.
     *
     * @param packets address of an array of mbuf addresses
     */
    public static void free(long packets, int count) {
        try {
            FREE_BULK.invokeExact(packets, count);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
