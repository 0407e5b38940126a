package io.twinport.dpdk;

import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * How a DPDK port is set beside its queues: its MTU, what it lets through, what it can do to frames. For control
 * threads: each call may do device I/O. A setter says false where the driver has no such function, and throws where it has
 * and fails; then the port is as before.
 */
public final class EthSettings {
    private static final int INFO_MIN_MTU = Abi.offset("rte_eth_dev_info", "min_mtu");
    private static final int INFO_MAX_MTU = Abi.offset("rte_eth_dev_info", "max_mtu");
    private static final int INFO_MAX_FRAME = Abi.offset("rte_eth_dev_info", "max_rx_pktlen");
    private static final int INFO_RX_OFFLOADS = Abi.offset("rte_eth_dev_info", "rx_offload_capa");
    private static final int INFO_TX_OFFLOADS = Abi.offset("rte_eth_dev_info", "tx_offload_capa");
    private static final int VLAN_FILTER = (int) Abi.constant("RTE_ETH_VLAN_FILTER_OFFLOAD");
    private static final long RX_VLAN_FILTER = Abi.constant("RTE_ETH_RX_OFFLOAD_VLAN_FILTER");
    private static final int MAC_BYTES = (int) Abi.constant("RTE_ETHER_ADDR_LEN");

    /** What ethdev puts for a limit that the driver does not tell. */
    private static final int NO_LIMIT = 0xffff;

    /** Ethernet's header and checksum: what ethdev reckons beside the MTU where the driver does not tell. */
    private static final int OVERHEAD = 18;

    private final EthDev dev;
    private final short port;

    public EthSettings(EthDev dev) {
        this.dev = dev;
        this.port = (short) dev.port();
    }

    /** The smallest MTU that the driver takes. */
    public int leastMtu() {
        try (Arena arena = Arena.ofConfined()) {
            return dev.info(arena).get(ValueLayout.JAVA_SHORT, INFO_MIN_MTU) & 0xffff;
        }
    }

    /** The largest MTU that ethdev would let through to the driver: it checks the frame's length too. */
    public int mostMtu() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = dev.info(arena);
            int mtu = info.get(ValueLayout.JAVA_SHORT, INFO_MAX_MTU) & 0xffff;
            long frame = info.get(ValueLayout.JAVA_INT, INFO_MAX_FRAME) & 0xffff_ffffL;
            long overhead = mtu != NO_LIMIT && frame > mtu ? frame - mtu : OVERHEAD;
            return (int) Math.max(0, Math.min(mtu, frame - overhead));
        }
    }

    /** Needs a configured port. A driver without the function has no limit of its own. */
    public void setMtu(int mtu) {
        supported(
                Dpdk.rte_eth_dev_set_mtu(port, (short) mtu),
                "rte_eth_dev_set_mtu",
                "MTU " + mtu,
                "does the device take that MTU, and while it is started?");
    }

    public boolean isPromiscuous() {
        return Dpdk.rte_eth_promiscuous_get(port) == 1;
    }

    public boolean setPromiscuous(boolean on) {
        return supported(
                on ? Dpdk.rte_eth_promiscuous_enable(port) : Dpdk.rte_eth_promiscuous_disable(port),
                on ? "rte_eth_promiscuous_enable" : "rte_eth_promiscuous_disable",
                "",
                "a VF has to be trusted for that (ip link set PF vf N trust on)");
    }

    public boolean isAllMulticast() {
        return Dpdk.rte_eth_allmulticast_get(port) == 1;
    }

    public boolean setAllMulticast(boolean on) {
        return supported(
                on ? Dpdk.rte_eth_allmulticast_enable(port) : Dpdk.rte_eth_allmulticast_disable(port),
                on ? "rte_eth_allmulticast_enable" : "rte_eth_allmulticast_disable",
                "",
                "a VF has to be trusted for that (ip link set PF vf N trust on)");
    }

    /** Lets unicast to one more address through, beside the port's own; false also where the device has room for no more. */
    public boolean addMac(MacAddress mac) {
        try (Arena arena = Arena.ofConfined()) {
            int result = Dpdk.rte_eth_dev_mac_addr_add(port, bytes(arena, List.of(mac)), 0);
            return !isNoRoom(result) && supported(result, "rte_eth_dev_mac_addr_add", mac.toString(), "");
        }
    }

    /** The opposite of {@link #addMac}. */
    public void removeMac(MacAddress mac) {
        try (Arena arena = Arena.ofConfined()) {
            supported(
                    Dpdk.rte_eth_dev_mac_addr_remove(port, bytes(arena, List.of(mac))),
                    "rte_eth_dev_mac_addr_remove",
                    mac.toString(),
                    "");
        }
    }

    /** Lets these multicast addresses through, and no others; false also where the device has no room for as many. */
    public boolean setMulticast(List<MacAddress> addresses) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = addresses.isEmpty() ? MemorySegment.NULL : bytes(arena, addresses);
            int result = Dpdk.rte_eth_dev_set_mc_addr_list(port, list, addresses.size());
            return !isNoRoom(result)
                    && supported(result, "rte_eth_dev_set_mc_addr_list", addresses.size() + " addresses", "");
        }
    }

    /** Lets a VLAN's frames through or no longer. The first one turns the filter on. */
    public boolean setVlan(int id, boolean on) {
        int offloads = Dpdk.rte_eth_dev_get_vlan_offload(port);
        boolean filters = (offloads & VLAN_FILTER) != 0;
        if (!filters && (!on || !hasVlanFilter() || !setVlanOffload(offloads | VLAN_FILTER))) {
            return false;
        }
        return supported(
                Dpdk.rte_eth_dev_vlan_filter(port, (short) id, on ? 1 : 0),
                "rte_eth_dev_vlan_filter",
                "VLAN " + id + (on ? " on" : " off"),
                "");
    }

    /** Ends {@link #setVlan}'s filter: all VLANs come through again. */
    public void endVlanFilter() {
        int offloads = Dpdk.rte_eth_dev_get_vlan_offload(port);
        if ((offloads & VLAN_FILTER) != 0) {
            setVlanOffload(offloads & ~VLAN_FILTER);
        }
    }

    private boolean setVlanOffload(int offloads) {
        return supported(
                Dpdk.rte_eth_dev_set_vlan_offload(port, offloads),
                "rte_eth_dev_set_vlan_offload",
                "0x" + Integer.toHexString(offloads),
                "");
    }

    private boolean hasVlanFilter() {
        return (rxOffloads() & RX_VLAN_FILTER) != 0;
    }

    /** Bits of {@code RTE_ETH_RX_OFFLOAD_*} that the device can do. */
    public long rxOffloads() {
        try (Arena arena = Arena.ofConfined()) {
            return dev.info(arena).get(ValueLayout.JAVA_LONG, INFO_RX_OFFLOADS);
        }
    }

    /** Bits of {@code RTE_ETH_TX_OFFLOAD_*} that the device can do. */
    public long txOffloads() {
        try (Arena arena = Arena.ofConfined()) {
            return dev.info(arena).get(ValueLayout.JAVA_LONG, INFO_TX_OFFLOADS);
        }
    }

    /** Drivers that have the function, but whose device has no table, give no reason: -1 (virtio without a control queue). */
    private static boolean isNoRoom(int result) {
        return result == -Errno.ENOSPC || result == -Errno.EPERM;
    }

    private boolean supported(int result, String call, String argument, String hint) {
        if (result == -Errno.ENOTSUP) {
            return false;
        }
        dev.check(result, call, argument, hint);
        return true;
    }

    private static MemorySegment bytes(Arena arena, List<MacAddress> addresses) {
        MemorySegment list = arena.allocate((long) addresses.size() * MAC_BYTES);
        for (int i = 0; i < addresses.size(); i++) {
            MemorySegment.copy(
                    addresses.get(i).bytes(), 0, list, ValueLayout.JAVA_BYTE, (long) i * MAC_BYTES, MAC_BYTES);
        }
        return list;
    }
}
