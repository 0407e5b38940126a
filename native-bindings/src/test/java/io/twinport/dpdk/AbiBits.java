package io.twinport.dpdk;

import java.util.Map;

/** For {@code AbiLayoutTest}: what was written by hand because jextract drops bitfields. */
public final class AbiBits {
    private AbiBits() {}

    /** The words that were written by hand, by the names under which the C program prints them. */
    public static Map<String, Long> byHand() {
        return Map.of(
                "bits link_status",
                LinkWord.STATUS,
                "bits link_speed",
                LinkSettings.SPEED,
                "bits link_duplex",
                LinkSettings.FULL_DUPLEX,
                "bits lsc",
                (long) EthDev.INTERRUPT_LSC,
                "sizeof rte_eth_link",
                (long) LinkWord.LENGTH,
                "sizeof rte_eth_intr_conf",
                (long) Integer.BYTES);
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
