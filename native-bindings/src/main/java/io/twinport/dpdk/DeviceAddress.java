package io.twinport.dpdk;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a device gets its MAC address, by its driver (each virtual one tried with DPDK 22.11). */
public final class DeviceAddress {
    private static final String OF_INTERFACE =
            "the device has the address of its interface (ip link set INTERFACE address MAC)";

    /** What to do with those whose devargs take no {@code mac=}. */
    private static final Map<String, String> WITHOUT_ARGUMENT = Map.of(
            "net_null",
            "take another driver",
            "net_af_packet",
            OF_INTERFACE,
            "net_af_xdp",
            OF_INTERFACE,
            "net_pcap",
            "with iface=INTERFACE,phy_mac=1 " + OF_INTERFACE,
            "net_ring",
            "such a device has no address and cannot be given one: take another driver",
            "net_vhost",
            "such a device keeps its own address: give the other side that one, or take another driver");

    /** Those of them that take any address while they run. */
    private static final Set<String> TAKE_ANY = Set.of("net_null", "net_af_packet");

    private DeviceAddress() {}

    /**
     * Checks {@code mac=} in the devargs of a virtual device; that of a driver which is not known here is believed.
     *
     * @throws IllegalArgumentException if its driver takes none, and what to do
     */
    public static void checkArgument(String name) {
        String driver = Devargs.driverOf(name);
        if (WITHOUT_ARGUMENT.containsKey(driver)) {
            throw new IllegalArgumentException(driver + " takes no mac=: "
                    + (TAKE_ANY.contains(driver)
                            ? "leave it out, and the device gets the port's address when it joins"
                            : WITHOUT_ARGUMENT.get(driver)));
        }
    }

    /** Whether a virtual device is known to be given its address in its devargs. */
    public static boolean isGivenInDevargs(String name) {
        return Set.of("net_virtio_user", "net_tap", "net_memif").contains(Devargs.driverOf(name));
    }

    /** What to do about a device that should have another address, to go on after a colon. */
    public static String advice(String name, Optional<MacAddress> wanted) {
        String mac = wanted.map(MacAddress::toString).orElse("MAC");
        if (Devargs.isPci(name)) {
            return "set it on the host (ip link set PF vf N mac " + mac + ")";
        }
        String otherwise = WITHOUT_ARGUMENT.get(Devargs.driverOf(name));
        return otherwise == null
                ? "give the device its address in its devargs (mac=" + mac + ")"
                : otherwise.replace(" MAC", " " + mac);
    }
}
