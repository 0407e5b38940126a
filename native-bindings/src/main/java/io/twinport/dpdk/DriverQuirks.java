package io.twinport.dpdk;

import static io.twinport.dpdk.DriverQuirks.Quirk.*;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is particular to a driver and no call of DPDK tells: a row for each, tried or read with DPDK 22.11 where nothing else is said. The table in
 * {@code dataplane/README.md} says where. A driver without a row has none of it. Text only: needs no libdpdk.
 *
 * @param interfaceArguments those of its devargs that name the kernel's interface below the device
 * @param socketArgument the one that names its unix socket; empty where it has none
 */
public record DriverQuirks(String driver, Set<Quirk> quirks, List<String> interfaceArguments, String socketArgument) {
    /** One habit. */
    public enum Quirk {
        /** It has copied a frame, or passed it on, when its burst function returns. */
        SENDS_AT_ONCE,

        /** It frees what the device has sent only when it is made to: {@link TxRing#reap}, by a threshold that it accepts. */
        FREES_LATE,

        /** A burst may wait without end for its socket: {@link EthDev#probe} sees to it. */
        WAITS_TO_SEND,

        /** Its frames are its own, so their lengths are right. */
        MAKES_FRAMES,

        /** Another program says how long the frames are, though it may be a PCI device. */
        BELIEVES_LENGTHS,

        /** The device lets all frames through, though it may be a PCI device: whoever gives them to it may filter. */
        UNFILTERED,

        /**
         * It receives nothing after its link was away, until it is started anew. When its PF was down the PF has forgotten what the
         * VF had told it; the driver polls the link up again and tells nothing anew (QEMU's igb with DPDK 24.11: 0
         * to 9 frames of 100 until stop and start).
         */
        DEAF_AFTER_LINK_LOSS,

        /** Its interface is one that the kernel has, with the kernel's settings. */
        SHARES_INTERFACE,

        /** It needs the interface up before it is probed, and to itself. */
        TAKES_INTERFACE,

        /** It makes its interface itself. */
        MAKES_INTERFACE,

        /** Its devargs take {@code mac=}. */
        GIVEN_MAC,

        /** It takes any address while it runs, and no {@code mac=}. */
        ANY_MAC,

        /** It has the address of its interface, and takes no {@code mac=}. */
        MAC_OF_INTERFACE,

        /** As {@link #MAC_OF_INTERFACE}, if it is told so. */
        MAC_OF_INTERFACE_IF_TOLD,

        /** It has an address of its own, and keeps it. */
        OWN_MAC,

        /** It has no address, and cannot be given one. */
        NO_MAC,

        /** It listens at its socket unless it is a client, and cannot have a path where a socket lies already. */
        LISTENS,

        /**
         * When its far end hangs up it tells bursts to keep out, waits for the one that is under way, interrupts, and unmaps the far
         * end's memory. It does so without a barrier, as its bursts do, so it can miss one, which then reads where nothing
         * is mapped any more ({@code eth_vhost_rx} and {@code update_queuing_status}, 22.11 to 25.11: plain loads and stores).
         */
        UNMAPS_AFTER_INTERRUPT,

        /** As a server it ends the process ({@code rte_panic}) when a client hangs up. */
        PANICS_AS_SERVER
    }

    static final Map<String, DriverQuirks> ROWS = Stream.of(
                    row("net_virtio", FREES_LATE, BELIEVES_LENGTHS, UNFILTERED),
                    row("net_virtio_user", FREES_LATE, BELIEVES_LENGTHS, UNFILTERED, GIVEN_MAC)
                            .socket("path"),
                    row("net_vhost", SENDS_AT_ONCE, OWN_MAC, LISTENS, UNMAPS_AFTER_INTERRUPT)
                            .socket("iface"),
                    row("net_null", SENDS_AT_ONCE, MAKES_FRAMES, ANY_MAC),
                    row("net_ring", SENDS_AT_ONCE, NO_MAC),
                    row("net_tap", SENDS_AT_ONCE, GIVEN_MAC, MAKES_INTERFACE).interfaces("iface"),
                    row("net_pcap", SENDS_AT_ONCE, MAC_OF_INTERFACE_IF_TOLD)
                            .interfaces("iface", "rx_iface", "tx_iface"),
                    row("net_af_packet", WAITS_TO_SEND, SHARES_INTERFACE, ANY_MAC, MAC_OF_INTERFACE)
                            .interfaces("iface"),
                    row("net_af_xdp", SHARES_INTERFACE, TAKES_INTERFACE, MAC_OF_INTERFACE)
                            .interfaces("iface"),
                    row("net_memif", GIVEN_MAC, PANICS_AS_SERVER),
                    row("net_e1000_igb_vf", DEAF_AFTER_LINK_LOSS))
            .collect(Collectors.toUnmodifiableMap(DriverQuirks::driver, row -> row));

    private static DriverQuirks row(String driver, Quirk first, Quirk... others) {
        return new DriverQuirks(driver, Set.copyOf(EnumSet.of(first, others)), List.of(), "");
    }

    private DriverQuirks interfaces(String... arguments) {
        return new DriverQuirks(driver, quirks, List.of(arguments), socketArgument);
    }

    private DriverQuirks socket(String argument) {
        return new DriverQuirks(driver, quirks, interfaceArguments, argument);
    }

    /** Those of a driver, by its name. */
    public static DriverQuirks of(String driver) {
        DriverQuirks row = ROWS.get(driver);
        return row == null ? new DriverQuirks(driver, Set.of(), List.of(), "") : row;
    }

    /**
     * Those of the driver of a virtual device, by the device's name or its devargs. As EAL does, it takes a name for that of the
     * driver that it begins with ({@code net_tap_left0}); where several do, for the longest.
     */
    public static DriverQuirks ofVirtual(String devargs) {
        String name = Devargs.nameOf(devargs);
        return ROWS.values().stream()
                .filter(row -> name.startsWith(row.driver))
                .max(Comparator.comparingInt(row -> row.driver.length()))
                .orElseGet(() -> of(Devargs.driverOf(name)));
    }

    public boolean has(Quirk quirk) {
        return quirks.contains(quirk);
    }
}
