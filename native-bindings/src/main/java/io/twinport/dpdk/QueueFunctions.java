package io.twinport.dpdk;

/**
 * What {@code rte_eth_fp_ops} says of one receive and one transmit queue of a started port: addresses of the driver's
 * functions, of its queues, and of the words that point to the queue's callbacks when there are any.
 *
 * @param txStatus for {@link TxRing#status}, 0 where the driver has none
 */
public record QueueFunctions(
        long rxFunction,
        long rxQueue,
        long rxCallbacks,
        long txFunction,
        long txQueue,
        long txCallbacks,
        long txStatus) {}
