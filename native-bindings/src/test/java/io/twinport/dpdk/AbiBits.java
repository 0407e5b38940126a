package io.twinport.dpdk;

import java.util.Map;

/** For {@code AbiLayoutTest}: what was written by hand because jextract drops bitfields. */
public final class AbiBits {
    private AbiBits() {}

    /** The words that were written by hand, by the names under which the C program prints them. */
    public static Map<String, Long> byHand() {
        return Map.ofEntries(
                Map.entry("bits link_status", LinkWord.STATUS),
                Map.entry("bits link_speed", LinkSettings.SPEED),
                Map.entry("bits link_duplex", LinkSettings.FULL_DUPLEX),
                Map.entry("bits lsc", (long) EthDev.INTERRUPT_LSC),
                Map.entry("sizeof rte_eth_link", (long) LinkWord.LENGTH),
                Map.entry("sizeof rte_eth_intr_conf", (long) Integer.BYTES),
                Map.entry("bits rmv", (long) EthDev.INTERRUPT_RMV),
                Map.entry("constant RTE_ETH_DEV_INTR_RMV", (long) EthDev.INTR_RMV),
                Map.entry("constant RTE_ETH_EVENT_INTR_RESET", (long) FaultEvents.INTR_RESET),
                Map.entry("constant RTE_ETH_EVENT_INTR_RMV", (long) FaultEvents.INTR_RMV),
                Map.entry("constant RTE_ETH_EVENT_ERR_RECOVERING", (long) FaultEvents.ERR_RECOVERING),
                Map.entry("constant RTE_ETH_EVENT_RECOVERY_SUCCESS", (long) FaultEvents.RECOVERY_SUCCESS),
                Map.entry("constant RTE_ETH_EVENT_RECOVERY_FAILED", (long) FaultEvents.RECOVERY_FAILED));
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
