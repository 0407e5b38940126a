package io.twinport.posix;

import static io.twinport.posix.Netlink.INT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
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
        for (Netlink.Attribute attribute : Netlink.attributes(message, ATTRIBUTES)) {
            switch (attribute.type()) {
                case IFLA_ADDRESS -> mac = mac(attribute.value());
                case IFLA_IFNAME -> name = attribute.text();
                case IFLA_MTU -> mtu = attribute.number();
                case IFLA_PROMISCUITY -> promiscuous |= attribute.number() != 0;
                case IFLA_ALLMULTI -> allMulticast |= attribute.number() != 0;
                default -> {} // nobody asks for it
            }
        }
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(new KernelLink(
                        message.get(INT, 20), name, (flags & USABLE) == USABLE, mtu, mac, promiscuous, allMulticast));
    }

    private static long mac(MemorySegment value) {
        long mac = 0;
        for (int i = 0; i < MAC_BYTES && value.byteSize() == MAC_BYTES; i++) {
            mac = mac << 8 | value.get(JAVA_BYTE, i) & 0xff;
        }
        return mac;
    }
}
