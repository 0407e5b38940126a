package io.twinport.dpdk;

import io.twinport.dpdk.DriverQuirks.Quirk;
import java.util.Optional;

/** How a device gets its MAC address, by the quirks of its driver. */
public final class DeviceAddress {
    private static final String OF_INTERFACE =
            "the device has the address of its interface (ip link set INTERFACE address MAC)";

    private DeviceAddress() {}

    /**
     * Checks {@code mac=} in the devargs of a virtual device; that of a driver which is not known here is believed.
     *
     * @throws IllegalArgumentException if its driver takes none, and what to do
     */
    public static void checkArgument(String name) {
        DriverQuirks quirks = DriverQuirks.ofVirtual(name);
        String otherwise = withoutArgument(quirks);
        if (!otherwise.isEmpty()) {
            throw new IllegalArgumentException(quirks.driver() + " takes no mac=: "
                    + (quirks.has(Quirk.ANY_MAC)
                            ? "leave it out, and the device gets the port's address when it joins"
                            : otherwise));
        }
    }

    /** Whether a virtual device is known to be given its address in its devargs. */
    public static boolean isGivenInDevargs(String name) {
        return DriverQuirks.ofVirtual(name).has(Quirk.GIVEN_MAC);
    }

    /** What to do about a device that should have another address, to go on after a colon. */
    public static String advice(String name, Optional<MacAddress> wanted) {
        String mac = wanted.map(MacAddress::toString).orElse("MAC");
        if (Devargs.isPci(name)) {
            return "set it on the host (ip link set PF vf N mac " + mac + ")";
        }
        String otherwise = withoutArgument(DriverQuirks.ofVirtual(name));
        return otherwise.isEmpty()
                ? "give the device its address in its devargs (mac=" + mac + ")"
                : otherwise.replace(" MAC", " " + mac);
    }

    /** What to do with a device whose devargs take no {@code mac=}; empty for others. */
    private static String withoutArgument(DriverQuirks quirks) {
        if (quirks.has(Quirk.MAC_OF_INTERFACE)) {
            return OF_INTERFACE;
        }
        if (quirks.has(Quirk.MAC_OF_INTERFACE_IF_TOLD)) {
            return "with iface=INTERFACE,phy_mac=1 " + OF_INTERFACE;
        }
        if (quirks.has(Quirk.NO_MAC)) {
            return "such a device has no address and cannot be given one: take another driver";
        }
        if (quirks.has(Quirk.OWN_MAC)) {
            return "such a device keeps its own address: give the other side that one, or take another driver";
        }
        return quirks.has(Quirk.ANY_MAC) ? "take another driver" : "";
    }
}
