package io.twinport.dataplane.device;

/**
 * The MTUs that a device takes.
 *
 * @param least in bytes
 * @param most in bytes
 */
public record MtuBounds(int least, int most) {
    /** What IPv4 asks of every link (RFC 791). */
    public static final int LEAST = 68;

    public static final int ETHERNET = 1500;

    /** Where nobody knows better: an mbuf's lengths have 16 bits. */
    public static final MtuBounds ANY = new MtuBounds(LEAST, 65_000);

    /** Ethernet's header, two VLAN tags, and what virtio devices put before; a frame's checksum is never in memory. */
    private static final int OVERHEAD = 14 + 2 * 4 + 20;

    /** What an mbuf must have room for, in bytes, to hold any frame of an MTU. */
    public static int room(int mtu) {
        return mtu + OVERHEAD;
    }

    public boolean allow(int mtu) {
        return mtu >= least && mtu <= most;
    }

    @Override
    public String toString() {
        return least + " to " + most;
    }
}
