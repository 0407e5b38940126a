package io.twinport.dataplane.conductor;

import io.twinport.dpdk.MacAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteBuffer;

/** Frames that make switches and neighbours learn where an address is: complete, without the checksum of Ethernet. */
public final class Announcement {
    private static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    /** All nodes, {@code ff02::1}, and the address on Ethernet that goes with it (RFC 2464, 7). */
    private static final byte[] ALL_NODES = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static final MacAddress ALL_NODES_MAC = new MacAddress(0x3333_0000_0001L);

    private static final int SMALLEST = 60;
    private static final int MAC = 6;
    private static final int IPV4 = 4;
    private static final short ETHERNET = 1;
    private static final short IPV4_TYPE = 0x0800;
    private static final short ARP = 0x0806;
    private static final short RARP = (short) 0x8035;
    private static final short IPV6 = (short) 0x86dd;
    private static final short VLAN = (short) 0x8100;
    private static final short ARP_REQUEST = 1;
    private static final short REVERSE_REQUEST = 3;

    private static final byte ICMPV6 = 58;
    private static final byte NEIGHBOR_ADVERTISEMENT = (byte) 136;
    private static final byte TARGET_LINK_ADDRESS = 2;
    private static final int ADVERTISEMENT_LENGTH = 32;
    private static final int OVERRIDE = 0x2000_0000;
    private static final int ROUTER = 0x8000_0000;

    private Announcement() {}

    /** A gratuitous ARP: an ARP Announcement of RFC 5227, which hosts take into their tables. */
    public static byte[] arp(MacAddress mac, Inet4Address address) {
        return arpFrame(mac, ARP, ARP_REQUEST, address.getAddress(), new byte[MAC]);
    }

    /** A RARP request of the own address, as hypervisors send it: switches learn from it, hosts ignore it. */
    public static byte[] rarp(MacAddress mac) {
        return arpFrame(mac, RARP, REVERSE_REQUEST, new byte[IPV4], mac.bytes());
    }

    /**
     * An unsolicited Neighbor Advertisement (RFC 4861, 7.2.6).
     *
     * @param routes whether the sender is a router: a neighbour that hears otherwise drops it from its routers
     */
    public static byte[] neighborAdvertisement(MacAddress mac, Inet6Address address, boolean routes) {
        ByteBuffer icmp = ByteBuffer.allocate(ADVERTISEMENT_LENGTH);
        icmp.put(NEIGHBOR_ADVERTISEMENT).put((byte) 0).putShort((short) 0);
        icmp.putInt(OVERRIDE | (routes ? ROUTER : 0)).put(address.getAddress());
        icmp.put(TARGET_LINK_ADDRESS).put((byte) 1).put(mac.bytes());
        icmp.putShort(2, checksum(address.getAddress(), icmp.array()));

        ByteBuffer frame = ByteBuffer.allocate(2 * MAC + Short.BYTES + 40 + ADVERTISEMENT_LENGTH);
        header(frame, ALL_NODES_MAC, mac, IPV6);
        frame.putInt(6 << 28).putShort((short) ADVERTISEMENT_LENGTH).put(ICMPV6);
        // The hop limit by which a receiver sees that no router has passed it on.
        frame.put((byte) 255);
        frame.put(address.getAddress()).put(ALL_NODES).put(icmp.array());
        return frame.array();
    }

    /** A copy with a VLAN tag (IEEE 802.1Q), for a port of the switch that has this one tagged. */
    public static byte[] tagged(byte[] frame, int vlan) {
        return ByteBuffer.allocate(frame.length + Integer.BYTES)
                .put(frame, 0, 2 * MAC)
                .putShort(VLAN)
                .putShort((short) vlan)
                .put(frame, 2 * MAC, frame.length - 2 * MAC)
                .array();
    }

    /** From {@code mac} and {@code address} about {@code target} and the same address (RFC 826). */
    private static byte[] arpFrame(MacAddress mac, short type, short operation, byte[] address, byte[] target) {
        byte[] bytes = new byte[SMALLEST];
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        header(frame, BROADCAST, mac, type);
        frame.putShort(ETHERNET)
                .putShort(IPV4_TYPE)
                .put((byte) MAC)
                .put((byte) IPV4)
                .putShort(operation);
        frame.put(mac.bytes()).put(address).put(target).put(address);
        return bytes;
    }

    private static void header(ByteBuffer frame, MacAddress to, MacAddress from, short type) {
        frame.put(to.bytes()).put(from.bytes()).putShort(type);
    }

    /** Over the pseudo-header and the message, whose own checksum is still 0 (RFC 4443, 2.3). */
    private static short checksum(byte[] source, byte[] message) {
        long sum = sum(source) + sum(ALL_NODES) + message.length + ICMPV6 + sum(message);
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }

    private static long sum(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(bytes);
        long sum = 0;
        while (words.hasRemaining()) {
            sum += words.getShort() & 0xffff;
        }
        return sum;
    }
}
