package io.twinport.dataplane;

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

    /** Ethernet's header and two VLAN tags; a frame's checksum is never in memory. */
    private static final int FRAME_OVERHEAD = 14 + 2 * 4;

    /** The longest frame of an MTU, in bytes. */
    public static int frame(int mtu) {
        return mtu + FRAME_OVERHEAD;
    }

    public boolean allow(int mtu) {
        return mtu >= least && mtu <= most;
    }

    @Override
    public String toString() {
        return least + " to " + most;
    }
}
