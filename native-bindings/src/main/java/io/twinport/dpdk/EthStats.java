package io.twinport.dpdk;

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
        long rxNoMbufs) {}
