package io.twinport.dataplane.virtio;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Feature bits (virtio 1.2, 5.1.3 and 6): what a device offers and a driver acknowledges. */
public final class VirtioFeatures {
    /** The device completes checksums of what it is given. */
    static final long CSUM = 1L;

    /** The driver takes frames whose checksums are to be completed, or that the device vouches for. */
    static final long GUEST_CSUM = 1L << 1;

    /** The device says which MTU it can have. */
    public static final long MTU = 1L << 3;

    /** The driver takes frames that were merged of segments of TCP's, over IPv4 and over IPv6. */
    static final long GUEST_TSO = 1L << 7 | 1L << 8;

    /** The device cuts frames into such segments. */
    static final long HOST_TSO = 1L << 11 | 1L << 12;

    /** The device has an address of its own. */
    public static final long MAC = 1L << 5;

    /** The device spreads frames over several receive buffers where one is too small. */
    public static final long MRG_RXBUF = 1L << 15;

    /** The device says whether its link is up. */
    public static final long STATUS = 1L << 16;

    /** The device takes commands by a queue of their own. */
    static final long CTRL_VQ = 1L << 17;

    /** It can be told which frames to let through. */
    static final long CTRL_RX = 1L << 18;

    /** And of which VLANs. Until it is, it lets no tagged frame through. */
    static final long CTRL_VLAN = 1L << 19;

    /** It asks, by its status, for the addresses to be announced. */
    static final long GUEST_ANNOUNCE = 1L << 21;

    /** The device has several queue pairs. */
    static final long MQ = 1L << 22;

    /** It can be given another address. */
    static final long CTRL_MAC_ADDR = 1L << 23;

    /** The device is of version 1 of the specification. */
    public static final long VERSION_1 = 1L << 32;

    /** The device is behind an IOMMU: it must be given IOVAs, and uses nothing else. */
    public static final long ACCESS_PLATFORM = 1L << 33;

    /** Its queues are packed ones. */
    static final long RING_PACKED = 1L << 34;

    /** It uses all in the order in which it was given it. */
    static final long IN_ORDER = 1L << 35;

    /**
     * The device orders its accesses as the platform's devices do, not as its CPUs: the driver has to use barriers for that.
     * On x86 these are the same, and no other architecture is supported; on aarch64 Java's fences would be too weak.
     */
    public static final long ORDER_PLATFORM = 1L << 36;

    /** The device is the standby of a primary that the hypervisor keeps back until this is acknowledged. */
    public static final long STANDBY = 1L << 62;

    /** The device says how fast its link is. */
    static final long SPEED_DUPLEX = 1L << 63;

    /** What a control queue is for (5.1.3.1): none of it without that, and that for nothing else. */
    private static final long COMMANDED = CTRL_RX | CTRL_VLAN | GUEST_ANNOUNCE | MQ | CTRL_MAC_ADDR;

    /** What this driver can do. */
    private static final long KNOWN = CSUM
            | GUEST_CSUM
            | GUEST_TSO
            | HOST_TSO
            | MTU
            | MAC
            | MRG_RXBUF
            | STATUS
            | CTRL_VQ
            | COMMANDED
            | VERSION_1
            | ACCESS_PLATFORM
            | RING_PACKED
            | IN_ORDER
            | ORDER_PLATFORM
            | STANDBY
            | SPEED_DUPLEX;

    /** By their numbers, as the specification calls them. */
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "CSUM"),
            Map.entry(1, "GUEST_CSUM"),
            Map.entry(2, "CTRL_GUEST_OFFLOADS"),
            Map.entry(3, "MTU"),
            Map.entry(5, "MAC"),
            Map.entry(7, "GUEST_TSO4"),
            Map.entry(8, "GUEST_TSO6"),
            Map.entry(9, "GUEST_ECN"),
            Map.entry(10, "GUEST_UFO"),
            Map.entry(11, "HOST_TSO4"),
            Map.entry(12, "HOST_TSO6"),
            Map.entry(13, "HOST_ECN"),
            Map.entry(14, "HOST_UFO"),
            Map.entry(15, "MRG_RXBUF"),
            Map.entry(16, "STATUS"),
            Map.entry(17, "CTRL_VQ"),
            Map.entry(18, "CTRL_RX"),
            Map.entry(19, "CTRL_VLAN"),
            Map.entry(20, "CTRL_RX_EXTRA"),
            Map.entry(21, "GUEST_ANNOUNCE"),
            Map.entry(22, "MQ"),
            Map.entry(23, "CTRL_MAC_ADDR"),
            Map.entry(27, "ANY_LAYOUT"),
            Map.entry(28, "INDIRECT_DESC"),
            Map.entry(29, "EVENT_IDX"),
            Map.entry(32, "VERSION_1"),
            Map.entry(33, "ACCESS_PLATFORM"),
            Map.entry(34, "RING_PACKED"),
            Map.entry(35, "IN_ORDER"),
            Map.entry(36, "ORDER_PLATFORM"),
            Map.entry(37, "SR_IOV"),
            Map.entry(38, "NOTIFICATION_DATA"),
            Map.entry(40, "RING_RESET"),
            Map.entry(54, "GUEST_USO4"),
            Map.entry(55, "GUEST_USO6"),
            Map.entry(56, "HOST_USO"),
            Map.entry(57, "HASH_REPORT"),
            Map.entry(59, "GUEST_HDRLEN"),
            Map.entry(60, "RSS"),
            Map.entry(61, "RSC_EXT"),
            Map.entry(62, "STANDBY"),
            Map.entry(63, "SPEED_DUPLEX"));

    private VirtioFeatures() {}

    /** What to acknowledge of what is offered: what this driver knows, and nothing without that on which it stands. */
    static long choose(long offered) {
        long known = offered & KNOWN;
        if (!has(known, CTRL_VQ)) {
            known &= ~COMMANDED;
        }
        if (!has(known, CTRL_RX)) {
            known &= ~CTRL_VLAN; // promiscuous mode alone ends its filter
        }
        if (!has(known, STATUS)) {
            known &= ~GUEST_ANNOUNCE; // which is told there
        }
        return consistent(has(known, COMMANDED) ? known : known & ~CTRL_VQ);
    }

    /** Without what does not stand by itself (5.1.3.1), or is of no use to a port: TSO of one kind of IP only. */
    static long consistent(long features) {
        long known = features;
        if (!has(known, RING_PACKED)) {
            known &= ~IN_ORDER; // a device could leave out lengths in a split ring, and nothing would show it
        }
        if (!has(known, CSUM) || (known & HOST_TSO) != HOST_TSO) {
            known &= ~HOST_TSO;
        }
        if (!has(known, GUEST_CSUM) || !has(known, MRG_RXBUF) || (known & GUEST_TSO) != GUEST_TSO) {
            known &= ~GUEST_TSO; // no one buffer holds such a frame
        }
        return known;
    }

    /** Names of features, in the order of their numbers. */
    static String names(long features) {
        return IntStream.range(0, Long.SIZE)
                .filter(bit -> has(features, 1L << bit))
                .mapToObj(bit -> NAMES.getOrDefault(bit, "bit " + bit))
                .collect(Collectors.joining(", "));
    }

    public static boolean has(long features, long bit) {
        return (features & bit) != 0;
    }

    /**
     * Whether a kernel driver has acknowledged a feature.
     *
     * @param digits the device's {@code features} in sysfs, one a bit, the lowest first; empty has none
     */
    public static boolean isAcknowledged(String digits, long bit) {
        int digit = Long.numberOfTrailingZeros(bit);
        return digits.length() > digit && digits.charAt(digit) == '1';
    }
}
