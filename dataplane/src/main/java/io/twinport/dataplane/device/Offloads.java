package io.twinport.dataplane.device;

/**
 * What devices do to frames in place of the CPU: sets of DPDK's bits.
 *
 * @param rx of {@code RTE_ETH_RX_OFFLOAD_*}
 * @param tx of {@code RTE_ETH_TX_OFFLOAD_*}
 */
public record Offloads(long rx, long tx) {
    public static final Offloads NONE = new Offloads(0, 0);

    /** What both can do (U5). */
    public Offloads and(Offloads other) {
        return new Offloads(rx & other.rx, tx & other.tx);
    }

    public Offloads or(Offloads other) {
        return new Offloads(rx | other.rx, tx | other.tx);
    }

    public Offloads without(Offloads other) {
        return new Offloads(rx & ~other.rx, tx & ~other.tx);
    }

    @Override
    public String toString() {
        return "rx 0x" + Long.toHexString(rx) + ", tx 0x" + Long.toHexString(tx);
    }

    public boolean isEmpty() {
        return (rx | tx) == 0;
    }
}
