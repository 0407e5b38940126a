package io.twinport.dataplane.line;

import io.twinport.dataplane.virtqueue.VirtioTransmit;
import io.twinport.dpdk.DriverQuirks;
import io.twinport.dpdk.DriverQuirks.Quirk;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.TxRing;

/**
 * How it is known that a device has sent what its transmit ring was given. There is no one way in DPDK, so each line has
 * a kind, by its driver; the table in {@code dataplane/README.md} says what each of them proves.
 *
 * <p>For the poll loop that uses the line.
 */
public final class TxCompletion {
    /** The driver is done with a frame when its burst function returns. */
    public static final int AT_ONCE = 0;

    /** Our own virtqueue: the device's index in the used ring. */
    public static final int USED_RING = 1;

    /** An mbuf that was given an owner more has one again: the driver has freed it. */
    public static final int REFERENCES = 2;

    /** The same, of DPDK's virtio driver, which frees only when it is forced to: {@link TxRing#reap}. */
    public static final int REAPED_REFERENCES = 3;

    /**
     * {@code tx_descriptor_status}: the device has fetched the frame, which the wire may not have seen yet; of the last
     * frames it is not even known that, for many drivers have only each 32nd reported.
     */
    public static final int DESCRIPTORS = 4;

    /** Nothing is known: time has to do. */
    public static final int TIME = 5;

    /** The loop that owns the transmit queue has taken it, and the driver is done {@link #AT_ONCE}. */
    public static final int RELAYED = 6;

    /** The largest batch in which drivers have descriptors reported ({@code tx_rs_thresh}). */
    private static final int REPORTED_BATCH = 32;

    private TxCompletion() {}

    static int of(EthDev dev) {
        if (DriverQuirks.of(dev.driver()).has(Quirk.SENDS_AT_ONCE)) {
            return AT_ONCE;
        }
        if (dev.isReapable()) {
            TxRing.prepare();
            return REAPED_REFERENCES;
        }
        return dev.queue().txStatus() == 0 ? TIME : DESCRIPTORS;
    }

    /** Which of the constants holds for the device of this line. */
    public static int of(long line) {
        return SideLine.completion(line);
    }

    /**
     * Whether a frame whose completion is known has arrived at the other end of a virtual device's wire. A NIC may
     * complete into nothing when its link is dead (U4).
     */
    public static boolean isProof(long line) {
        return of(line) <= REAPED_REFERENCES;
    }

    /** How it is known to another loop than the one that uses the transmit queue. */
    static int relayed(int kind) {
        return switch (kind) {
            case AT_ONCE -> RELAYED;
            // The owner has the driver free what is sent, see SideLine.forward; the references show it to everybody.
            case USED_RING, REFERENCES, REAPED_REFERENCES -> REFERENCES;
            default -> TIME;
        };
    }

    /** Whether all that was given to the line is done, as far as that can be asked without its frames. */
    public static boolean isDone(long line) {
        return switch (of(line)) {
            case USED_RING -> VirtioTransmit.isSent(SideLine.txQueue(line));
            case DESCRIPTORS -> isFetched(line);
            default -> SideLine.isRelayEmpty(line);
        };
    }

    private static boolean isFetched(long line) {
        int ring = SideLine.txRing(line);
        return !isFull(line, ring - 1) && !isFull(line, ring - 1 - REPORTED_BATCH);
    }

    private static boolean isFull(long line, int offset) {
        return TxRing.status(SideLine.txStatus(line), SideLine.txQueue(line), offset) == TxRing.FULL;
    }

    /** Has the driver free what its device has sent, where it can be made to. */
    public static void reap(long line) {
        switch (of(line)) {
            case USED_RING -> VirtioTransmit.reap(SideLine.txQueue(line));
            case REAPED_REFERENCES -> TxRing.reap(SideLine.txFunction(line), SideLine.txQueue(line));
            default -> {} // it frees as soon as it can, or nothing is known
        }
    }
}
