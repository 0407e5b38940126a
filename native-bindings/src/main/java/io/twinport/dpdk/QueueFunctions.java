package io.twinport.dpdk;

import org.agrona.UnsafeApi;

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
        long txStatus) {
    private static final int FP_OPS = Abi.size("rte_eth_fp_ops");
    private static final int RX_BURST = Abi.offset("rte_eth_fp_ops", "rx_pkt_burst");
    private static final int TX_BURST = Abi.offset("rte_eth_fp_ops", "tx_pkt_burst");
    private static final int TX_PREPARE = Abi.offset("rte_eth_fp_ops", "tx_pkt_prepare");
    private static final int TX_STATUS = Abi.offset("rte_eth_fp_ops", "tx_descriptor_status");
    private static final int RXQ = Abi.offset("rte_eth_fp_ops", "rxq");
    private static final int TXQ = Abi.offset("rte_eth_fp_ops", "txq");
    private static final int QUEUE_DATA = Abi.offset("rte_ethdev_qdata", "data");
    private static final int QUEUE_CALLBACKS = Abi.offset("rte_ethdev_qdata", "clbk");

    /** As {@link EthDev#queue(int)}, of a port with so many queues. */
    static QueueFunctions of(int port, int q, int rxQueues, int txQueues) {
        long ops = ops(port);
        boolean receives = q < rxQueues;
        long rx = receives ? (long) q * Long.BYTES : 0;
        long tx = (long) (q % txQueues) * Long.BYTES;
        return new QueueFunctions(
                receives ? UnsafeApi.getLong(ops + RX_BURST) : Burst.NOTHING,
                UnsafeApi.getLong(UnsafeApi.getLong(ops + RXQ + QUEUE_DATA) + rx),
                UnsafeApi.getLong(ops + RXQ + QUEUE_CALLBACKS) + rx,
                UnsafeApi.getLong(ops + TX_BURST),
                UnsafeApi.getLong(UnsafeApi.getLong(ops + TXQ + QUEUE_DATA) + tx),
                UnsafeApi.getLong(ops + TXQ + QUEUE_CALLBACKS) + tx,
                UnsafeApi.getLong(ops + TX_STATUS));
    }

    /** As {@link EthDev#prepareFunction}. */
    static long prepareFunction(int port) {
        return UnsafeApi.getLong(ops(port) + TX_PREPARE);
    }

    private static long ops(int port) {
        return Symbols.address("rte_eth_fp_ops") + (long) port * FP_OPS;
    }
}
