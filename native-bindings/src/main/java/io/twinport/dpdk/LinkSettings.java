package io.twinport.dpdk;

import java.util.Locale;

/**
 * Speed and duplex of a link. DPDK tells of no kind of port (copper, fibre), so that is always <em>other</em> (R51).
 *
 * @param megabits per second; {@link #UNKNOWN_SPEED} if the driver does not know
 */
public record LinkSettings(long megabits, Duplex duplex) {
    public static final long UNKNOWN_SPEED = -1;

    public static final LinkSettings UNKNOWN = new LinkSettings(UNKNOWN_SPEED, Duplex.UNKNOWN);

    /** {@code link_speed}: the first 32 bits of {@code struct rte_eth_link}. */
    static final long SPEED = 0xffff_ffffL;

    /** {@code link_duplex} is a C bitfield: bit 0 of the fifth byte. {@code AbiLayoutTest} checks it. */
    static final long FULL_DUPLEX = 1L << 32;

    /** Whether both ends may send at once. */
    public enum Duplex {
        HALF,
        FULL,
        UNKNOWN
    }

    /** Of the eight bytes of {@code struct rte_eth_link}; a link that is down has neither speed nor duplex. */
    static LinkSettings of(long word) {
        long speed = word & SPEED;
        boolean isUp = (word & LinkWord.STATUS) != 0;
        if (!isUp || speed == 0 || speed == SPEED) { // RTE_ETH_SPEED_NUM_NONE, RTE_ETH_SPEED_NUM_UNKNOWN
            return UNKNOWN;
        }
        return new LinkSettings(speed, (word & FULL_DUPLEX) != 0 ? Duplex.FULL : Duplex.HALF);
    }

    /** For instance {@code 10000 Mb/s, full duplex}. */
    @Override
    public String toString() {
        return megabits == UNKNOWN_SPEED
                ? "unknown speed"
                : megabits + " Mb/s, " + duplex.name().toLowerCase(Locale.ROOT) + " duplex";
    }
}
