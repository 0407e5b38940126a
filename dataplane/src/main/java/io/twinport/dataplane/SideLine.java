package io.twinport.dataplane;

import io.twinport.dataplane.virtqueue.VirtioReceive;
import io.twinport.dataplane.virtqueue.VirtioTransmit;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.FaultLine;
import io.twinport.dpdk.LinkWord;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.QueueFunctions;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * All that a poll loop needs to know of one queue pair of one device: a cache line, and behind it what is asked rarely. To
 * switch sides is to use another line; there is no virtual call and no cold branch in it.
 *
 * <pre>
 *   0            8            16           24           32           40           48    50  52  54      56    60  62
 *  +------------+------------+------------+------------+------------+------------+----+---+---+-------+-----+---+---+
 *  |rx function |rx queue    |rx callbacks|tx function |tx queue    |tx callbacks|port|rx#|tx#|tx ring|link |rx |tx |
 *  |            |            |            |            |            |            |    |   |   |       |     | kinds |
 *  +------------+------------+------------+------------+------------+------------+----+---+---+-------+-----+---+---+
 *  |compl.|rings|tx status   |prepare     |lacks       |link func.  |relays      |address of relay 0 ...             |
 *  +------+-----+------------+------------+------------+------------+------------+-----------------------------------+
 * </pre>
 *
 * The kinds say whose queues these are: those of a driver of DPDK's, or of our own, which needs no functions and whose queue
 * is the address of its block, or, for a transmit queue that another loop uses, a {@link TransmitRelay}. It is a branch that
 * a run of bursts on one side always takes alike, on a word of the line that is being read anyway. Behind the line are
 * how it is known what the device has sent ({@link TxCompletion}), what the port's other queues may have in their rings, how
 * frames are made ready, the function that reads the link word, and the relays by which other loops send through this line's
 * transmit queue.
 *
 * <p>Control writes a line before it is sent to the loop by a JOIN command, and again only after the loop has left it, so
 * the fields need no ordering of their own. The one exception is {@code link}, see {@link #reportLink}.
 */
public final class SideLine {
    /** Bytes of the part that each burst reads, and alignment. */
    public static final int LENGTH = 64;

    private static final int RX_FUNCTION = 0;
    private static final int RX_QUEUE = 8;
    private static final int RX_CALLBACKS = 16;
    private static final int TX_FUNCTION = 24;
    private static final int TX_QUEUE = 32;
    private static final int TX_CALLBACKS = 40;
    private static final int PORT = 48;
    private static final int RX_INDEX = 50;
    private static final int TX_INDEX = 52;
    private static final int TX_RING = 54;
    private static final int LINK = 56;
    private static final int RX_KIND = 60;
    private static final int TX_KIND = 62;
    private static final int COMPLETION = LENGTH;
    private static final int OTHER_RINGS = COMPLETION + Integer.BYTES;
    private static final int TX_STATUS = COMPLETION + Long.BYTES;
    private static final int PREPARE = TX_STATUS + Long.BYTES;
    private static final int LACKS = PREPARE + Long.BYTES;
    private static final int LINK_FUNCTION = LACKS + Long.BYTES;
    private static final int RELAYS = LINK_FUNCTION + Long.BYTES;
    private static final int RELAY = RELAYS + Long.BYTES;

    private static final short OF_DPDK = 0;
    private static final short OF_VIRTIO = 1;
    private static final short OF_OTHER_LOOP = 2;

    /** The port promises offloads (U5), so frames are made ready first: for a driver of DPDK's, or for our own. */
    private static final short OFFLOADED_DPDK = 3;

    private static final short OFFLOADED_VIRTIO = 4;

    /** Queues of a port, as the kernel's (R1): one transmit queue relays for all others at most. */
    public static final int MOST_QUEUES = 16;

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
        long line = Arena.global()
                .allocate(RELAY + (long) (MOST_QUEUES - 1) * Long.BYTES, LENGTH)
                .address();
        write(
                line,
                new QueueFunctions(Burst.NOTHING, 0, NO_CALLBACKS, Burst.NOTHING, 0, NO_CALLBACKS, 0),
                0,
                0,
                LINK_REPORTED_DOWN);
        return line;
    }

    /** {@link #write(long, EthDev, int)} of queue 0. */
    static void write(long line, EthDev dev) {
        write(line, dev, 0);
    }

    /** Describes a started device as a port's queue q uses it ({@link EthDev#queue(int)}). Not while a loop uses the line. */
    static void write(long line, EthDev dev, int q) {
        write(
                line,
                dev.queue(q),
                dev.port(),
                dev.txDescriptors(),
                dev.hasLinkInterrupts() ? LINK_IN_WORD : LINK_REPORTED_DOWN);
        UnsafeApi.putShort(line + RX_INDEX, (short) q);
        UnsafeApi.putShort(line + TX_INDEX, (short) (q % dev.txQueues()));
        completion(line, TxCompletion.of(dev));
    }

    /**
     * For the warm-up: a device made of functions.
     *
     * @param txStatus for {@link io.twinport.dpdk.TxRing#status}
     * @param linkFunction for {@link LinkWord#isUp}
     * @param completion of {@link TxCompletion}
     */
    static void write(
            long line, long rxFunction, long txFunction, long txStatus, int txRing, long linkFunction, int completion) {
        QueueFunctions functions =
                new QueueFunctions(rxFunction, 0, NO_CALLBACKS, txFunction, 0, NO_CALLBACKS, txStatus);
        write(line, functions, 0, txRing, LINK_IN_WORD);
        UnsafeApi.putLong(line + LINK_FUNCTION, linkFunction);
        completion(line, completion);
    }

    private static void write(long line, QueueFunctions queue, int port, int txRing, int link) {
        UnsafeApi.putLong(line + RX_FUNCTION, queue.rxFunction());
        UnsafeApi.putLong(line + RX_QUEUE, queue.rxQueue());
        UnsafeApi.putLong(line + RX_CALLBACKS, queue.rxCallbacks());
        UnsafeApi.putLong(line + TX_FUNCTION, queue.txFunction());
        UnsafeApi.putLong(line + TX_QUEUE, queue.txQueue());
        UnsafeApi.putLong(line + TX_CALLBACKS, queue.txCallbacks());
        UnsafeApi.putShort(line + PORT, (short) port);
        UnsafeApi.putShort(line + RX_INDEX, (short) 0);
        UnsafeApi.putShort(line + TX_INDEX, (short) 0);
        UnsafeApi.putShort(line + TX_RING, (short) txRing);
        UnsafeApi.putInt(line + LINK, link);
        UnsafeApi.putShort(line + RX_KIND, OF_DPDK);
        UnsafeApi.putShort(line + TX_KIND, OF_DPDK);
        UnsafeApi.putLong(line + RELAYS, 0L);
        UnsafeApi.putInt(line + OTHER_RINGS, 0);
        UnsafeApi.putLong(line + TX_STATUS, queue.txStatus());
        UnsafeApi.putLong(line + LINK_FUNCTION, LinkWord.FUNCTION);
        completion(line, TxCompletion.AT_ONCE);
    }

    /**
     * Describes a started device of our own virtio driver, which reports its link. Not while a poll loop uses the line.
     *
     * @param rxQueue address of a receive queue, for {@link VirtioReceive}; 0 for none
     * @param txQueue address of a transmit queue, for {@link VirtioTransmit}
     * @param txRing frames that the transmit queue can hold
     */
    public static void writeVirtio(long line, long rxQueue, long txQueue, int txRing, boolean linkUp) {
        write(
                line,
                new QueueFunctions(Burst.NOTHING, rxQueue, NO_CALLBACKS, Burst.NOTHING, txQueue, NO_CALLBACKS, 0),
                0,
                txRing,
                linkUp ? LINK_REPORTED_UP : LINK_REPORTED_DOWN);
        UnsafeApi.putShort(line + RX_KIND, rxQueue == 0 ? OF_DPDK : OF_VIRTIO);
        UnsafeApi.putShort(line + TX_KIND, OF_VIRTIO);
        completion(line, TxCompletion.USED_RING);
    }

    /**
     * Has a line send through the transmit queue of another one, whose loop is another one too. Control, while no loop uses
     * either.
     *
     * @param relay an empty {@link TransmitRelay}
     */
    static void relay(long line, long owner, long relay) {
        UnsafeApi.putLong(line + TX_QUEUE, relay);
        UnsafeApi.putShort(line + TX_KIND, OF_OTHER_LOOP);
        completion(line, TxCompletion.relayed(completion(owner)));
        int relays = (int) UnsafeApi.getLong(owner + RELAYS);
        UnsafeApi.putLong(owner + RELAY + (long) relays * Long.BYTES, relay);
        UnsafeApi.putLong(owner + RELAYS, relays + 1L);
    }

    /** Whether other loops send through this line's transmit queue. */
    static boolean isRelayed(long line) {
        return UnsafeApi.getLong(line + RELAYS) != 0;
    }

    /** Sends what other loops have for this line's transmit queue; called by its loop every few passes. */
    static void forward(long line) {
        int relays = (int) UnsafeApi.getLong(line + RELAYS);
        for (int i = 0; i < relays; i++) {
            TransmitRelay.forward(UnsafeApi.getLong(line + RELAY + (long) i * Long.BYTES), line);
        }
        // The others wait for the references of what they have sent, and may not ask the driver themselves.
        TxCompletion.reap(line);
    }

    static boolean isRelayEmpty(long line) {
        return UnsafeApi.getShort(line + TX_KIND) != OF_OTHER_LOOP || TransmitRelay.size(txQueue(line)) == 0;
    }

    /** Frames that the port's other queues may have in their rings of this device, and on their way to them. */
    public static int otherRings(long line) {
        return UnsafeApi.getInt(line + OTHER_RINGS);
    }

    static void otherRings(long line, int frames) {
        UnsafeApi.putInt(line + OTHER_RINGS, frames);
    }

    /** How it is known what the device has sent: of {@link TxCompletion}. */
    static int completion(long line) {
        return UnsafeApi.getInt(line + COMPLETION);
    }

    static void completion(long line, int kind) {
        UnsafeApi.putInt(line + COMPLETION, kind);
    }

    static long txFunction(long line) {
        return UnsafeApi.getLong(line + TX_FUNCTION);
    }

    static long txQueue(long line) {
        return UnsafeApi.getLong(line + TX_QUEUE);
    }

    static long txStatus(long line) {
        return UnsafeApi.getLong(line + TX_STATUS);
    }

    /**
     * Has frames made ready before they are sent, on a line that was written before.
     *
     * @param prepare the driver's function for that, 0 if it has none
     * @param lacks bits of {@code RTE_ETH_TX_OFFLOAD_*} that are promised and that the device cannot do
     */
    public static void offload(long line, long prepare, long lacks) {
        UnsafeApi.putLong(line + PREPARE, prepare);
        UnsafeApi.putLong(line + LACKS, lacks);
        UnsafeApi.putShort(
                line + TX_KIND, UnsafeApi.getShort(line + TX_KIND) == OF_VIRTIO ? OFFLOADED_VIRTIO : OFFLOADED_DPDK);
    }

    /** Once, by the thread of the loop that will use the line, before it does. */
    public static void enter(long line) {
        if (UnsafeApi.getShort(line + RX_KIND) == OF_VIRTIO) {
            VirtioReceive.enter(UnsafeApi.getLong(line + RX_QUEUE));
        }
    }

    /** Receives, then runs the queue's callbacks if it has any. */
    public static int receive(long line, long packets, int count) {
        if (UnsafeApi.getShort(line + RX_KIND) != OF_DPDK) {
            return VirtioReceive.receive(UnsafeApi.getLong(line + RX_QUEUE), packets, count);
        }
        int received =
                Burst.call(UnsafeApi.getLong(line + RX_FUNCTION), UnsafeApi.getLong(line + RX_QUEUE), packets, count);
        long callbacks = UnsafeApi.getLong(UnsafeApi.getLong(line + RX_CALLBACKS));
        if (callbacks != 0) {
            return Burst.receiveCallbacks(
                    callbacks,
                    UnsafeApi.getShort(line + PORT),
                    UnsafeApi.getShort(line + RX_INDEX),
                    packets,
                    received,
                    count);
        }
        return received;
    }

    /** Whether a frame says that the line's device has received it; our own driver's say nothing. */
    public static boolean hasReceived(long line, long mbuf) {
        boolean ofDpdk = UnsafeApi.getShort(line + RX_KIND) == OF_DPDK;
        int port = ofDpdk ? UnsafeApi.getShort(line + PORT) & 0xffff : Mbuf.NO_PORT;
        return line != NOTHING && Mbuf.port(mbuf) == port;
    }

    /** Runs the queue's callbacks if it has any, then sends. For nothing the driver is not called. */
    public static int transmit(long line, long packets, int count) {
        if (count == 0) {
            return 0;
        }
        int kind = UnsafeApi.getShort(line + TX_KIND);
        if (kind != OF_DPDK) {
            return transmitOtherwise(line, kind, packets, count);
        }
        return transmitByDriver(line, packets, count);
    }

    private static int transmitOtherwise(long line, int kind, long packets, int count) {
        long queue = UnsafeApi.getLong(line + TX_QUEUE);
        return switch (kind) {
            case OF_VIRTIO -> VirtioTransmit.transmit(queue, packets, count);
            case OF_OTHER_LOOP -> TransmitRelay.put(queue, packets, count);
            case OFFLOADED_VIRTIO -> VirtioTransmit.transmit(queue, packets, makeReady(line, queue, packets, count));
            default -> transmitByDriver(line, packets, makeReady(line, queue, packets, count));
        };
    }

    private static int makeReady(long line, long queue, long packets, int count) {
        int complete = TransmitFixUp.complete(UnsafeApi.getLong(line + LACKS), packets, count);
        long prepare = UnsafeApi.getLong(line + PREPARE);
        return prepare == 0 ? complete : Burst.call(prepare, queue, packets, complete);
    }

    private static int transmitByDriver(long line, long packets, int count) {
        long callbacks = UnsafeApi.getLong(UnsafeApi.getLong(line + TX_CALLBACKS));
        int left = callbacks == 0
                ? count
                : Burst.transmitCallbacks(
                        callbacks,
                        UnsafeApi.getShort(line + PORT),
                        UnsafeApi.getShort(line + TX_INDEX),
                        packets,
                        count);
        return Burst.call(UnsafeApi.getLong(line + TX_FUNCTION), UnsafeApi.getLong(line + TX_QUEUE), packets, left);
    }

    /** Slots of the transmit ring: at most so many frames can be in it; another loop's is counted there. */
    public static int txRing(long line) {
        return UnsafeApi.getShort(line + TX_RING) & 0xffff;
    }

    /** From now on the device's link counts as down, until the line is written anew. */
    static void reportRemoved(long line) {
        UnsafeApi.getAndBitwiseOrInt(null, line + LINK, FaultLine.REMOVED);
    }

    /** Where upcalls set the bits of a {@link FaultLine}: a device with one of them reads as if its link were down. */
    static long faultWord(long line) {
        return line + LINK;
    }

    /** Whether the device's link is up, {@code carrier(d)} of U1. */
    public static boolean isLinkUp(long line, long scratch) {
        int link = UnsafeApi.getIntAcquire(null, line + LINK);
        return link == LINK_IN_WORD
                ? LinkWord.isUp(UnsafeApi.getLong(line + LINK_FUNCTION), UnsafeApi.getShort(line + PORT), scratch)
                : link == LINK_REPORTED_UP;
    }

    /**
     * Tells the loop the link state of a device that only a control thread may ask for it: one of DPDK's without link
     * interrupts, or one of our own driver's.
     * Release: pairs with the acquire in {@link #isLinkUp}; an edge in the port's event line makes the loop look.
     */
    public static void reportLink(long line, boolean up) {
        int state = up ? LINK_REPORTED_UP : LINK_REPORTED_DOWN;
        int before;
        do {
            before = UnsafeApi.getIntVolatile(null, line + LINK);
        } while (!UnsafeApi.compareAndSetInt(null, line + LINK, before, before & FaultLine.FAULTS | state));
    }
}
