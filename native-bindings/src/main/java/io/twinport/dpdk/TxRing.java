package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.agrona.UnsafeApi;

/**
 * What can be learnt of a transmit ring. For the poll loop that sends by it: no checks, no allocation. A wrong address
 * ends the process.
 */
public final class TxRing {
    /** Of {@link #status}: the device has not done it yet. {@code RTE_ETH_TX_DESC_FULL} of every release. */
    public static final int FULL = 0;

    /** The largest ring for which {@link #reap} is safe. */
    static final int LARGEST_TO_REAP = 1 << 14;

    private static final MethodHandle STATUS =
            Symbols.functionPointer(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_SHORT));

    /** An array of one frame, which has more segments than the largest ring has descriptors. */
    private static final long TOO_LONG = tooLong();

    private TxRing() {}

    /**
     * {@code rte_eth_tx_descriptor_status}.
     *
     * @param function {@link QueueFunctions#txStatus}, not 0
     * @param queue the driver's queue
     * @param offset from the descriptor that will be used next; the ring's size - 1 is the one that was used last. Drivers
     *     that have descriptors reported in batches answer for the last of the batch.
     * @return {@link #FULL}, another status, or a negative error number
     */
    public static int status(long function, long queue, int offset) {
        try {
            return (int) STATUS.invokeExact(FunctionSegments.at(function), queue, (short) offset);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Has this class made ready, by a control thread: the first call on a poll thread costs no more than another. */
    public static void prepare() {
        // Being called is enough.
    }

    /**
     * Makes DPDK's virtio driver free all mbufs that its device is done with; only for an {@link EthDev#isReapable}
     * queue. The driver has no {@code tx_done_cleanup}, and frees nothing outside of a transmit burst. What it does there
     * when a frame needs more descriptors than are free, in each of its functions (split, in order, packed, vectorised;
     * DPDK 22.11 and 24.11): it frees all that is done, finds that there are still too few, and refuses the frame. So it
     * is offered one of {@value #LARGEST_TO_REAP} segments, of which it reads {@code refcnt}, {@code nb_segs},
     * {@code ol_flags} and {@code data_off}, and no segment. Nothing is sent and the device is not notified.
     *
     * <p>The number is larger than any ring here, and small enough for the driver's 16-bit arithmetic: 16385 slots stay
     * positive as {@code int16_t}, and with the free ones of the ring they do not wrap {@code uint16_t}.
     */
    public static void reap(long function, long queue) {
        Burst.call(function, queue, TOO_LONG, 1);
    }

    private static long tooLong() {
        long mbuf = Arena.global().allocate(Abi.size("rte_mbuf"), 64).address();
        Mbuf.reset(mbuf);
        UnsafeApi.putShort(mbuf + Abi.offset("rte_mbuf", "nb_segs"), (short) LARGEST_TO_REAP);
        long array = Arena.global().allocate(JAVA_LONG).address();
        UnsafeApi.putLong(array, mbuf);
        return array;
    }
}
