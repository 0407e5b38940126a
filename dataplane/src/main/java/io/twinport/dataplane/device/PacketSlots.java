package io.twinport.dataplane.device;

import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.DriverQuirks;
import java.util.Optional;

/** The slots of {@code net_af_packet}'s ring, of which each holds a frame. Text only. */
public final class PacketSlots {
    /** What is asked for by {@code framesz=}: bytes of a slot. */
    public static final String ARGUMENT = "framesz";

    /** What of a slot the driver does not count against an mbuf's room. */
    public static final int HEADER = 32;

    private static final String DRIVER = "net_af_packet";
    private static final int DEFAULT = 2048;

    /** What {@code tpacket2_hdr}, an address and their alignment take of a slot. */
    private static final int OVERHEAD = 66;

    private PacketSlots() {}

    /** Bytes of a slot that devargs ask for; empty for other drivers, and where none are asked for. */
    public static Optional<Integer> bytes(String devargs) {
        return Devargs.argument(devargs, ARGUMENT)
                .filter(given -> DriverQuirks.ofVirtual(devargs).driver().equals(DRIVER) && given.matches("\\d{1,9}"))
                .map(Integer::valueOf);
    }

    /** Bytes of the longest frame that a slot holds, with Ethernet's header; 0 for other drivers. */
    static int longestFrame(String driver, String devargs) {
        return driver.equals(DRIVER) ? bytes(devargs).orElse(DEFAULT) - OVERHEAD : 0;
    }
}
