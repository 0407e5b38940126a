package io.twinport.dataplane.line;

import static io.twinport.dataplane.line.SideLineLayout.*;

import io.twinport.dataplane.virtqueue.VirtioReceive;
import io.twinport.dataplane.virtqueue.VirtioTransmit;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.LinkWord;
import io.twinport.dpdk.QueueFunctions;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/** Makes and writes {@link SideLine}s. Control, while no loop uses the line. */
public final class SideLineSetup {
    /** Holds no callbacks; what a line without a device points to. */
    private static final long NO_CALLBACKS =
            Arena.global().allocate(Long.BYTES, Long.BYTES).address();

    private SideLineSetup() {}

    /** A new line without a device, which lives as long as the process. */
    public static long allocate() {
        long line = Arena.global().allocate(BYTES, SideLine.LENGTH).address();
        write(
                line,
                new QueueFunctions(Burst.NOTHING, 0, NO_CALLBACKS, Burst.NOTHING, 0, NO_CALLBACKS, 0),
                0,
                0,
                SideLine.LINK_REPORTED_DOWN);
        return line;
    }

    /**
     * Describes a started device as a port's queue q uses it ({@link EthDev#queue(int)}). Not while a loop uses the line. A
     * fault that was raised meanwhile stays, see {@link SideLine#faultWord}.
     */
    public static void write(long line, EthDev dev, int q) {
        write(
                line,
                dev.queue(q),
                dev.port(),
                dev.txDescriptors(),
                dev.hasLinkInterrupts() ? SideLine.LINK_IN_WORD : SideLine.LINK_REPORTED_DOWN);
        UnsafeApi.putShort(line + RX_INDEX, (short) q);
        UnsafeApi.putShort(line + TX_INDEX, (short) (q % dev.txQueues()));
        UnsafeApi.putShort(line + RX_KIND, LengthCheck.isDueOn(dev) ? CHECKED_DPDK : OF_DPDK);
        completion(line, TxCompletion.of(dev));
    }

    /**
     * For the warm-up: a device made of functions.
     *
     * @param txStatus for {@link io.twinport.dpdk.TxRing#status}
     * @param linkFunction for {@link LinkWord#isUp}
     * @param completion of {@link TxCompletion}
     */
    public static void write(
            long line, long rxFunction, long txFunction, long txStatus, int txRing, long linkFunction, int completion) {
        QueueFunctions functions =
                new QueueFunctions(rxFunction, 0, NO_CALLBACKS, txFunction, 0, NO_CALLBACKS, txStatus);
        write(line, functions, 0, txRing, SideLine.LINK_IN_WORD);
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
        UnsafeApi.putShort(line + RX_KIND, OF_DPDK);
        UnsafeApi.putShort(line + TX_KIND, OF_DPDK);
        UnsafeApi.putLong(line + SHARED, 0L);
        UnsafeApi.putInt(line + OTHER_RINGS, 0);
        UnsafeApi.putLong(line + TX_STATUS, queue.txStatus());
        UnsafeApi.putLong(line + LINK_FUNCTION, LinkWord.FUNCTION);
        completion(line, TxCompletion.AT_ONCE);
        SideLine.setLink(line, link);
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
                linkUp ? SideLine.LINK_REPORTED_UP : SideLine.LINK_REPORTED_DOWN);
        UnsafeApi.putShort(line + RX_KIND, rxQueue == 0 ? OF_DPDK : OF_VIRTIO);
        UnsafeApi.putShort(line + TX_KIND, OF_VIRTIO);
        completion(line, TxCompletion.USED_RING);
    }

    /** A line that uses the same queues as another one, for as long as the arena. */
    public static long copyOf(long line, Arena arena) {
        long copy = arena.allocate(BYTES, SideLine.LENGTH).address();
        UnsafeApi.copyMemory(line, copy, BYTES);
        return copy;
    }

    /**
     * Has a line send through a transmit queue that other queues of the port use too. Control, while no loop uses it.
     *
     * @param relay an empty {@link TransmitRelay} of a {@link SharedQueue}
     * @param served that one, if this line's loop is the one that serves it; else 0
     */
    public static void relay(long line, long relay, long served) {
        UnsafeApi.putLong(line + TX_QUEUE, relay);
        UnsafeApi.putShort(line + TX_KIND, RELAYED);
        UnsafeApi.putLong(line + SHARED, served);
        completion(line, TxCompletion.relayed(SideLine.completion(line)));
    }

    public static void otherRings(long line, int frames) {
        UnsafeApi.putInt(line + OTHER_RINGS, frames);
    }

    static void completion(long line, int kind) {
        UnsafeApi.putInt(line + COMPLETION, kind);
    }

    /**
     * Has frames made ready before they are sent, on a line that was written before.
     *
     * @param prepare the driver's function for that, 0 if it has none
     * @param lacks bits of {@code RTE_ETH_TX_OFFLOAD_*} that are promised and that the device cannot do
     */
    public static void offload(long line, long prepare, long lacks) {
        offload(line, prepare, lacks, 0);
    }

    /**
     * {@link #offload(long, long, long)} for a device of our own driver's.
     *
     * @param begins bits of checksums that the device goes on with, once the pseudo header's sum is in the field
     */
    public static void offloadVirtio(long line, long lacks, long begins) {
        offload(line, 0, lacks, begins);
    }

    private static void offload(long line, long prepare, long lacks, long begins) {
        UnsafeApi.putLong(line + BEGINS, begins);
        UnsafeApi.putLong(line + PREPARE, prepare);
        UnsafeApi.putLong(line + LACKS, lacks);
        UnsafeApi.putShort(
                line + TX_KIND, UnsafeApi.getShort(line + TX_KIND) == OF_VIRTIO ? OFFLOADED_VIRTIO : OFFLOADED_DPDK);
    }
}
