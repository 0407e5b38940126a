package io.twinport.dpdk;

/** {@code rte_eth_stats_get}: what the driver has counted since its last reset, frames and bytes. */
public record EthStats(
        long rxFrames, long txFrames, long rxBytes, long txBytes, long rxMissed, long rxErrors, long txErrors) {}
