package io.twinport.dpdk;

import io.twinport.dpdk.v22_11.Dpdk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code rte_eth_stats_get}: what the driver has counted since its last reset, frames and bytes. A driver leaves what it
 * does not count at 0.
 *
 * @param rxMissed received by the device and dropped there, for want of descriptors
 * @param rxNoMbufs how often there was no mbuf to receive into
 */
public record EthStats(
        long rxFrames,
        long txFrames,
        long rxBytes,
        long txBytes,
        long rxMissed,
        long rxErrors,
        long txErrors,
        long rxNoMbufs) {
    /** Of a device that has counted nothing. */
    public static final EthStats NONE = new EthStats(0, 0, 0, 0, 0, 0, 0, 0);

    /** The sums of two. */
    public EthStats plus(EthStats other) {
        return new EthStats(
                rxFrames + other.rxFrames,
                txFrames + other.txFrames,
                rxBytes + other.rxBytes,
                txBytes + other.txBytes,
                rxMissed + other.rxMissed,
                rxErrors + other.rxErrors,
                txErrors + other.txErrors,
                rxNoMbufs + other.rxNoMbufs);
    }

    /** The same, but for what was received. */
    public EthStats withReceived(long frames, long bytes, long errors) {
        return new EthStats(frames, txFrames, bytes, txBytes, rxMissed, errors, txErrors, rxNoMbufs);
    }

    static EthStats of(EthDev dev) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stats = arena.allocate(Abi.size("rte_eth_stats"), Long.BYTES);
            dev.check(Dpdk.rte_eth_stats_get((short) dev.port(), stats), "rte_eth_stats_get", "");
            return new EthStats(
                    count(stats, Abi.offset("rte_eth_stats", "ipackets")),
                    count(stats, Abi.offset("rte_eth_stats", "opackets")),
                    count(stats, Abi.offset("rte_eth_stats", "ibytes")),
                    count(stats, Abi.offset("rte_eth_stats", "obytes")),
                    count(stats, Abi.offset("rte_eth_stats", "imissed")),
                    count(stats, Abi.offset("rte_eth_stats", "ierrors")),
                    count(stats, Abi.offset("rte_eth_stats", "oerrors")),
                    count(stats, Abi.offset("rte_eth_stats", "rx_nombuf")));
        }
    }

    /** The same with another number of frames that were not taken. */
    public EthStats withRxErrors(long other) {
        return new EthStats(rxFrames, txFrames, rxBytes, txBytes, rxMissed, other, txErrors, rxNoMbufs);
    }

    private static long count(MemorySegment stats, int offset) {
        return stats.get(ValueLayout.JAVA_LONG, offset);
    }
}
