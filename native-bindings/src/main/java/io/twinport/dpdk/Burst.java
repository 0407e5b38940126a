package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * {@code rte_eth_rx_burst} and {@code rte_eth_tx_burst}: both are static inline in C, so we call the driver's functions
 * themselves, which {@link EthDev#queue} finds in {@code rte_eth_fp_ops}.
 *
 * <p>For poll loops: no checks, no allocation. A wrong address ends the process.
 */
public final class Burst {
    private static final FunctionDescriptor BURST = FunctionDescriptor.of(JAVA_SHORT, JAVA_LONG, JAVA_LONG, JAVA_SHORT);
    private static final MethodHandle FUNCTION = Symbols.functionPointer(BURST);
    private static final MethodHandle RX_CALLBACKS = Symbols.function(
            "rte_eth_call_rx_callbacks",
            FunctionDescriptor.of(JAVA_SHORT, JAVA_SHORT, JAVA_SHORT, JAVA_LONG, JAVA_SHORT, JAVA_SHORT, JAVA_LONG));
    private static final MethodHandle TX_CALLBACKS = Symbols.function(
            "rte_eth_call_tx_callbacks",
            FunctionDescriptor.of(JAVA_SHORT, JAVA_SHORT, JAVA_SHORT, JAVA_LONG, JAVA_SHORT, JAVA_LONG));

    /** A driver function that takes and gives nothing: what a queue is set to while it has no device. */
    public static final long NOTHING = Symbols.address("rte_eth_pkt_burst_dummy");

    private Burst() {}

    /**
     * Calls a driver's receive or transmit function.
     *
     * @param function its address
     * @param queue the driver's queue
     * @param packets address of an array of mbuf addresses, to be filled or to be sent
     * @param count at most 65535
     * @return how many mbufs were received, or taken for transmission; of the rest the caller stays the owner
     */
    public static int call(long function, long queue, long packets, int count) {
        try {
            return (short) FUNCTION.invokeExact(FunctionSegments.at(function), queue, packets, (short) count) & 0xffff;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Runs the queue's receive callbacks (latency statistics, capture) and returns how many mbufs they left. */
    public static int receiveCallbacks(long callbacks, int port, int queue, long packets, int received, int count) {
        try {
            return (short) RX_CALLBACKS.invokeExact(
                            (short) port, (short) queue, packets, (short) received, (short) count, callbacks)
                    & 0xffff;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Runs the queue's transmit callbacks and returns how many mbufs they left to be sent. */
    public static int transmitCallbacks(long callbacks, int port, int queue, long packets, int count) {
        try {
            return (short) TX_CALLBACKS.invokeExact((short) port, (short) queue, packets, (short) count, callbacks)
                    & 0xffff;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
