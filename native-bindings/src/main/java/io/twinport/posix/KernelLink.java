package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An interface of the kernel's, as a message of rtnetlink describes it.
 *
 * @param index the kernel's number of it, which no later one gets
 * @param isUsable whether it is started and can pass packets: it is up, its carrier is on and it is operational
 * @param mtu in bytes
 * @param mac its Ethernet address, the first byte on the wire highest; 0 where it has none
 * @param isPromiscuous whether anybody wants all frames: its user, a packet socket, a bridge, or addresses beside its own
 * @param isAllMulticast whether anybody wants all multicast
 */
public record KernelLink(
        int index, String name, boolean isUsable, int mtu, long mac, boolean isPromiscuous, boolean isAllMulticast) {
    /** {@code IFF_UP | IFF_RUNNING | IFF_LOWER_UP} (linux/if.h). */
    private static final int USABLE = 0x1 | 0x40 | 0x10000;

    private static final int IFF_PROMISC = 0x100;
    private static final int IFF_ALLMULTI = 0x200;
    private static final short IFLA_ADDRESS = 1;
    private static final short IFLA_IFNAME = 3;
    private static final short IFLA_MTU = 4;
    private static final short IFLA_PROMISCUITY = 30;
    private static final short IFLA_ALLMULTI = 61;
    private static final int MAC_BYTES = 6;

    /** After the message's header and its {@code ifinfomsg}. */
    private static final int ATTRIBUTES = 32;

    /** What the kernel sends is aligned; what is no message of its is read all the same. */
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Reads an {@code RTM_NEWLINK}; empty where it does not name its interface, and up to where it is cut short. */
    static Optional<KernelLink> read(MemorySegment message) {
        if (message.byteSize() < ATTRIBUTES) {
            return Optional.empty();
        }
        int flags = message.get(INT, 24);
        String name = "";
        int mtu = 0;
        long mac = 0;
        // Older kernels do not count who wants all multicast, and tell only what the user has set.
        boolean promiscuous = (flags & IFF_PROMISC) != 0;
        boolean allMulticast = (flags & IFF_ALLMULTI) != 0;
        long at = ATTRIBUTES;
        while (message.byteSize() - at >= Integer.BYTES) {
            int length = message.get(SHORT, at) & 0xffff;
            if (length < Integer.BYTES || length > message.byteSize() - at) {
                break;
            }
            MemorySegment value = message.asSlice(at + Integer.BYTES, length - Integer.BYTES);
            switch (message.get(SHORT, at + 2)) {
                case IFLA_ADDRESS -> mac = mac(value);
                case IFLA_IFNAME -> name = text(value);
                case IFLA_MTU -> mtu = number(value);
                case IFLA_PROMISCUITY -> promiscuous |= number(value) != 0;
                case IFLA_ALLMULTI -> allMulticast |= number(value) != 0;
                default -> {} // nobody asks for it
            }
            at += LinkSocket.align(length);
        }
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(new KernelLink(
                        message.get(INT, 20), name, (flags & USABLE) == USABLE, mtu, mac, promiscuous, allMulticast));
    }

    private static int number(MemorySegment value) {
        return value.byteSize() < Integer.BYTES ? 0 : value.get(INT, 0);
    }

    private static long mac(MemorySegment value) {
        long mac = 0;
        for (int i = 0; i < MAC_BYTES && value.byteSize() == MAC_BYTES; i++) {
            mac = mac << 8 | value.get(JAVA_BYTE, i) & 0xff;
        }
        return mac;
    }

    /** Up to the zero that ends it, if there is one. */
    private static String text(MemorySegment bytes) {
        String all = new String(bytes.toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        int end = all.indexOf(0);
        return end < 0 ? all : all.substring(0, end);
    }
}
