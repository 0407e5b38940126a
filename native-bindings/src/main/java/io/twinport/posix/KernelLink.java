package io.twinport.posix;

import static io.twinport.posix.Netlink.INT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A kernel interface, as a message of rtnetlink describes it.
 *
 * @param index the kernel's number of it, which no later one gets
 * @param flags {@code IFF_} bits; of promiscuity and all multicast only what its user has set
 * @param mtu in bytes
 * @param mac its Ethernet address, the first byte on the wire highest; 0 where it has none
 * @param isPromiscuous whether anybody wants all frames: its user, a packet socket, a bridge, or addresses beside its own
 * @param isAllMulticast whether anybody wants all multicast
 * @param master index of the bridge or bond that it belongs to, 0 for none
 * @param kind {@code veth}, {@code macvlan}; empty for a NIC's
 * @param other index of the interface that it is tied to: the other end of a veth, what a VLAN is over; 0 for none
 * @param otherNamespace this namespace's number of the one in which that is; -1 for this one
 */
public record KernelLink(
        int index,
        String name,
        int flags,
        int mtu,
        long mac,
        boolean isPromiscuous,
        boolean isAllMulticast,
        int master,
        String kind,
        int other,
        int otherNamespace) {
    /** {@code IFF_UP | IFF_RUNNING | IFF_LOWER_UP} (linux/if.h). */
    private static final int USABLE = 0x1 | 0x40 | 0x10000;

    private static final short IFLA_ADDRESS = 1;
    private static final short IFLA_IFNAME = 3;
    private static final short IFLA_MTU = 4;
    private static final short IFLA_LINK = 5;
    private static final short IFLA_MASTER = 10;
    private static final short IFLA_LINKINFO = 18;
    private static final short IFLA_INFO_KIND = 1;
    private static final short IFLA_PROMISCUITY = 30;
    private static final short IFLA_LINK_NETNSID = 37;
    private static final short IFLA_ALLMULTI = 61;
    private static final int MAC_BYTES = 6;

    /** After the message's header and its {@code ifinfomsg}. */
    private static final int ATTRIBUTES = 32;

    /** Whether it is started and can pass packets: it is up, its carrier is on and it is operational. */
    public boolean isUsable() {
        return (flags & USABLE) == USABLE;
    }

    public boolean hasFlag(int flag) {
        return (flags & flag) != 0;
    }

    /** Reads an {@code RTM_NEWLINK}; empty where it does not name its interface, and up to where it is cut short. */
    static Optional<KernelLink> read(MemorySegment message) {
        if (message.byteSize() < ATTRIBUTES) {
            return Optional.empty();
        }
        int flags = message.get(INT, 24);
        String name = "";
        String kind = "";
        int mtu = 0;
        long mac = 0;
        int master = 0;
        int other = 0;
        int otherNamespace = -1;
        // Older kernels do not count who wants all multicast, and tell only what the user has set.
        boolean promiscuous = (flags & Interfaces.PROMISCUOUS) != 0;
        boolean allMulticast = (flags & Interfaces.ALL_MULTICAST) != 0;
        for (Netlink.Attribute attribute : Netlink.attributes(message, ATTRIBUTES)) {
            switch (attribute.type()) {
                case IFLA_ADDRESS -> mac = mac(attribute.value());
                case IFLA_IFNAME -> name = attribute.text();
                case IFLA_MTU -> mtu = attribute.number();
                case IFLA_LINK -> other = attribute.number();
                case IFLA_MASTER -> master = attribute.number();
                case IFLA_LINKINFO -> kind = kind(attribute.value());
                case IFLA_LINK_NETNSID -> otherNamespace = attribute.number();
                case IFLA_PROMISCUITY -> promiscuous |= attribute.number() != 0;
                case IFLA_ALLMULTI -> allMulticast |= attribute.number() != 0;
                default -> {} // nobody asks for it
            }
        }
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new KernelLink(
                message.get(INT, 20),
                name,
                flags,
                mtu,
                mac,
                promiscuous,
                allMulticast,
                master,
                kind,
                other,
                otherNamespace));
    }

    private static String kind(MemorySegment info) {
        return Netlink.attributes(info, 0).stream()
                .filter(attribute -> attribute.type() == IFLA_INFO_KIND)
                .map(Netlink.Attribute::text)
                .findFirst()
                .orElse("");
    }

    static long mac(MemorySegment value) {
        long mac = 0;
        for (int i = 0; i < MAC_BYTES && value.byteSize() == MAC_BYTES; i++) {
            mac = mac << 8 | value.get(JAVA_BYTE, i) & 0xff;
        }
        return mac;
    }
}
