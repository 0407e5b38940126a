package io.twinport.dataplane;

import io.twinport.dataplane.virtqueue.VirtioReceive;
import io.twinport.dataplane.virtqueue.VirtioTransmit;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.LinkWord;
import io.twinport.dpdk.QueueFunctions;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * All that a poll loop needs to know of one queue pair of one device: a cache line. To switch sides is to use another
 * line; there is no virtual call and no cold branch in it.
 *
 * <pre>
 *   0            8            16           24           32           40           48      52      56      60
 *  +------------+------------+------------+------------+------------+------------+-------+-------+-------+-----+
 *  |rx function |rx queue    |rx callbacks|tx function |tx queue    |tx callbacks| port  |tx ring| link  |kind |
 *  +------------+------------+------------+------------+------------+------------+-------+-------+-------+-----+
 * </pre>
 *
 * The kind says whose queues these are: those of a driver of DPDK's, or of our own, which needs no functions and whose queue
 * is the address of its block. It is a branch that a run of bursts on one side always takes alike, on a word of the line
 * that is being read anyway.
 *
 * <p>Control writes a line before it is sent to the loop by a JOIN command, and again only after the loop has left it, so
 * the fields need no ordering of their own. The one exception is {@code link}, see {@link #reportLink}.
 */
public final class SideLine {
    /** Bytes, and alignment. */
    public static final int LENGTH = 64;

    private static final int RX_FUNCTION = 0;
    private static final int RX_QUEUE = 8;
    private static final int RX_CALLBACKS = 16;
    private static final int TX_FUNCTION = 24;
    private static final int TX_QUEUE = 32;
    private static final int TX_CALLBACKS = 40;
    private static final int PORT = 48;
    private static final int TX_RING = 52;
    private static final int LINK = 56;
    private static final int KIND = 60;

    private static final int OF_DPDK = 0;
    private static final int OF_VIRTIO = 1;

    /** Beside one of these: the port promises offloads, and the transmit function is a block of {@link OffloadedTransmit}. */
    private static final int OFFLOADED = 2;

    /** The loop reads the link word itself: a started port with link interrupts (U1). */
    private static final int LINK_IN_WORD = 0;

    private static final int LINK_REPORTED_DOWN = 1;
    private static final int LINK_REPORTED_UP = 2;

    /** Holds no callbacks; what a line without a device points to. */
    private static final long NO_CALLBACKS =
            Arena.global().allocate(Long.BYTES, Long.BYTES).address();

    /** A line without a device: receives nothing, takes nothing, its link is down. */
    public static final long NOTHING = allocate();

    private SideLine() {}

    /** A new line without a device, which lives as long as the process. */
    public static long allocate() {
        long line = Arena.global().allocate(LENGTH, LENGTH).address();
        write(
                line,
                new QueueFunctions(Burst.NOTHING, 0, NO_CALLBACKS, Burst.NOTHING, 0, NO_CALLBACKS),
                0,
                0,
                LINK_REPORTED_DOWN);
        return line;
    }

    /** Describes a started device. Not while a poll loop uses the line. */
    static void write(long line, EthDev dev) {
        write(
                line,
                dev.queue(),
                dev.port(),
                dev.txDescriptors(),
                dev.hasLinkInterrupts() ? LINK_IN_WORD : LINK_REPORTED_DOWN);
    }

    /** For warm-up and tests: a device made of two functions. */
    public static void write(long line, long rxFunction, long txFunction) {
        write(
                line,
                new QueueFunctions(rxFunction, 0, NO_CALLBACKS, txFunction, 0, NO_CALLBACKS),
                0,
                0,
                LINK_REPORTED_DOWN);
    }

    private static void write(long line, QueueFunctions queue, int port, int txRing, int link) {
        UnsafeApi.putLong(line + RX_FUNCTION, queue.rxFunction());
        UnsafeApi.putLong(line + RX_QUEUE, queue.rxQueue());
        UnsafeApi.putLong(line + RX_CALLBACKS, queue.rxCallbacks());
        UnsafeApi.putLong(line + TX_FUNCTION, queue.txFunction());
        UnsafeApi.putLong(line + TX_QUEUE, queue.txQueue());
        UnsafeApi.putLong(line + TX_CALLBACKS, queue.txCallbacks());
        UnsafeApi.putInt(line + PORT, port);
        UnsafeApi.putInt(line + TX_RING, txRing);
        UnsafeApi.putInt(line + LINK, link);
        UnsafeApi.putInt(line + KIND, OF_DPDK);
    }

    /**
     * Describes a started device of our own virtio driver, which reports its link. Not while a poll loop uses the line.
     *
     * @param rxQueue address of a receive queue, for {@link VirtioReceive}
     * @param txQueue address of a transmit queue, for {@link VirtioTransmit}
     * @param txRing frames that the transmit queue can hold
     */
    public static void writeVirtio(long line, long rxQueue, long txQueue, int txRing, boolean linkUp) {
        write(
                line,
                new QueueFunctions(Burst.NOTHING, rxQueue, NO_CALLBACKS, Burst.NOTHING, txQueue, NO_CALLBACKS),
                0,
                txRing,
                linkUp ? LINK_REPORTED_UP : LINK_REPORTED_DOWN);
        UnsafeApi.putInt(line + KIND, OF_VIRTIO);
    }

    /**
     * Has frames made ready before they are sent, on a line that was written before.
     *
     * @param prepare the driver's function for that, 0 if it has none
     * @param lacks bits of {@code RTE_ETH_TX_OFFLOAD_*} that are promised and that the device cannot do
     */
    public static void offload(long line, long prepare, long lacks) {
        UnsafeApi.putLong(
                line + TX_FUNCTION, OffloadedTransmit.block(UnsafeApi.getLong(line + TX_FUNCTION), prepare, lacks));
        UnsafeApi.putInt(line + KIND, UnsafeApi.getInt(line + KIND) | OFFLOADED);
    }

    /** Once, by the thread of the loop that will use the line, before it does. */
    public static void enter(long line) {
        if ((UnsafeApi.getInt(line + KIND) & OF_VIRTIO) != 0) {
            VirtioReceive.enter(UnsafeApi.getLong(line + RX_QUEUE));
        }
    }

    /** Receives, then runs the queue's callbacks if it has any. */
    public static int receive(long line, long packets, int count) {
        if ((UnsafeApi.getInt(line + KIND) & OF_VIRTIO) != 0) {
            return VirtioReceive.receive(UnsafeApi.getLong(line + RX_QUEUE), packets, count);
        }
        int received =
                Burst.call(UnsafeApi.getLong(line + RX_FUNCTION), UnsafeApi.getLong(line + RX_QUEUE), packets, count);
        long callbacks = UnsafeApi.getLong(UnsafeApi.getLong(line + RX_CALLBACKS));
        if (callbacks != 0) {
            return Burst.receiveCallbacks(callbacks, UnsafeApi.getInt(line + PORT), 0, packets, received, count);
        }
        return received;
    }

    /** Runs the queue's callbacks if it has any, then sends. */
    public static int transmit(long line, long packets, int count) {
        if (UnsafeApi.getInt(line + KIND) != OF_DPDK) {
            return transmitOtherwise(line, packets, count);
        }
        return transmit(line, UnsafeApi.getLong(line + TX_FUNCTION), packets, count);
    }

    private static int transmitOtherwise(long line, long packets, int count) {
        int kind = UnsafeApi.getInt(line + KIND);
        long queue = UnsafeApi.getLong(line + TX_QUEUE);
        if (kind == OF_VIRTIO) {
            return VirtioTransmit.transmit(queue, packets, count);
        }
        long block = UnsafeApi.getLong(line + TX_FUNCTION);
        int ready = OffloadedTransmit.prepare(block, queue, packets, count);
        return (kind & OF_VIRTIO) != 0
                ? VirtioTransmit.transmit(queue, packets, ready)
                : transmit(line, OffloadedTransmit.function(block), packets, ready);
    }

    private static int transmit(long line, long function, long packets, int count) {
        long callbacks = UnsafeApi.getLong(UnsafeApi.getLong(line + TX_CALLBACKS));
        int left = callbacks == 0
                ? count
                : Burst.transmitCallbacks(callbacks, UnsafeApi.getInt(line + PORT), 0, packets, count);
        return Burst.call(function, UnsafeApi.getLong(line + TX_QUEUE), packets, left);
    }

    /** Slots of the transmit ring: at most so many frames can be in it. */
    public static int txRing(long line) {
        return UnsafeApi.getInt(line + TX_RING);
    }

    /** Whether the device's link is up, {@code carrier(d)} of U1. */
    public static boolean isLinkUp(long line, long scratch) {
        int link = UnsafeApi.getIntAcquire(null, line + LINK);
        return link == LINK_IN_WORD ? LinkWord.isUp(UnsafeApi.getInt(line + PORT), scratch) : link == LINK_REPORTED_UP;
    }

    /**
     * Tells the loop the link state of a device that only a control thread may ask for it: one of DPDK's without link
     * interrupts, or one of our own driver's.
     * Release: pairs with the acquire in {@link #isLinkUp}; an edge in the port's event line makes the loop look.
     */
    public static void reportLink(long line, boolean up) {
        UnsafeApi.putIntRelease(null, line + LINK, up ? LINK_REPORTED_UP : LINK_REPORTED_DOWN);
    }
}
