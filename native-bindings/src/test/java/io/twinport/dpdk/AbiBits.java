package io.twinport.dpdk;

import static java.util.Map.entry;

import java.util.Map;

/** For {@code AbiLayoutTest}: what was written by hand, because jextract drops bitfields and some constants. */
public final class AbiBits {
    private AbiBits() {}

    /** The words that were written by hand, by the names under which the C program prints them. */
    public static Map<String, Long> byHand() {
        return Map.ofEntries(
                entry("bits link_status", LinkWord.STATUS),
                entry("bits link_speed", LinkSettings.SPEED),
                entry("bits link_duplex", LinkSettings.FULL_DUPLEX),
                entry("bits lsc", (long) EthDev.INTERRUPT_LSC),
                entry("sizeof rte_eth_link", (long) LinkWord.LENGTH),
                entry("sizeof rte_eth_intr_conf", (long) Integer.BYTES),
                entry("bits rmv", (long) EthDev.INTERRUPT_RMV),
                entry("constant RTE_ETH_DEV_INTR_RMV", (long) EthDev.INTR_RMV),
                entry("constant RTE_ETH_EVENT_INTR_RESET", (long) FaultEvents.INTR_RESET),
                entry("constant RTE_ETH_EVENT_INTR_RMV", (long) FaultEvents.INTR_RMV),
                entry("constant RTE_ETH_EVENT_ERR_RECOVERING", (long) FaultEvents.ERR_RECOVERING),
                entry("constant RTE_ETH_EVENT_RECOVERY_SUCCESS", (long) FaultEvents.RECOVERY_SUCCESS),
                entry("constant RTE_ETH_EVENT_RECOVERY_FAILED", (long) FaultEvents.RECOVERY_FAILED),
                entry("constant RTE_MBUF_F_RX_VLAN_STRIPPED", Mbuf.RX_VLAN_STRIPPED),
                entry("constant RTE_MBUF_F_RX_QINQ_STRIPPED", Mbuf.RX_QINQ_STRIPPED),
                entry("constant RTE_MBUF_F_RX_IP_CKSUM_NONE", Mbuf.RX_IP_CHECKSUM_NONE),
                entry("constant RTE_MBUF_F_RX_L4_CKSUM_GOOD", Mbuf.RX_L4_CHECKSUM_GOOD),
                entry("constant RTE_MBUF_F_RX_L4_CKSUM_NONE", Mbuf.RX_L4_CHECKSUM_NONE),
                entry("constant RTE_MBUF_F_TX_TCP_SEG", MbufOffloads.TCP_SEGMENTATION),
                entry("constant RTE_ETH_TX_OFFLOAD_TCP_TSO", EthOffloads.TCP_SEGMENTATION),
                entry("constant RTE_ETH_RX_OFFLOAD_TCP_LRO", EthOffloads.TCP_MERGING),
                entry("constant RTE_MBUF_F_RX_LRO", Mbuf.RX_LRO),
                entry("constant RTE_MBUF_F_INDIRECT", Mbuf.INDIRECT),
                entry("constant RTE_MBUF_F_EXTERNAL", Mbuf.EXTERNAL));
    }

    /** Initialises the classes that keep what they look up in constants. */
    public static void initialize() {
        for (Class<?> type : new Class<?>[] {Mbuf.class, MbufAllocator.class, EthDev.class, EthEvents.class}) {
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }
    }
}
