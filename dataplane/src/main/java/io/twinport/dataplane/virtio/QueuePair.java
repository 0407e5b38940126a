package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtqueue.QueueFormat;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.MbufPool;

/** A receive queue and a transmit queue of one device (5.1.2), which a queue of the port uses. For a control thread. */
final class QueuePair implements AutoCloseable {
    /** Larger ones hold more frames than a loop takes between two looks. */
    private static final int LARGEST_QUEUE = 1024;

    private final Virtqueue receive;
    private final Virtqueue transmit;
    private long receiveNotify;
    private long transmitNotify;

    private QueuePair(Virtqueue receive, Virtqueue transmit) {
        this.receive = receive;
        this.transmit = transmit;
    }

    /** @param number from 0 */
    static QueuePair of(VirtioTransport device, QueueFormat format, int number) {
        Virtqueue receive = queue(device, format, 2 * number + VirtioLayout.QUEUE_RECEIVE);
        try {
            return new QueuePair(receive, queue(device, format, 2 * number + VirtioLayout.QUEUE_TRANSMIT));
        } catch (RuntimeException e) {
            receive.close();
            throw e;
        }
    }

    private static Virtqueue queue(VirtioTransport device, QueueFormat format, int index) {
        return format.make(index, Math.min(device.queueSize(index), LARGEST_QUEUE), device.usesOwnAddresses());
    }

    Virtqueue receive() {
        return receive;
    }

    Virtqueue transmit() {
        return transmit;
    }

    void clear() {
        receive.clear();
        transmit.clear();
    }

    /** Tells the device of both; it has accepted the features. */
    void setUp(VirtioTransport device, MbufPool pool) {
        receive.fill(pool);
        if (VirtioFeatures.has(device.features(), VirtioFeatures.MRG_RXBUF)) {
            receive.mergeBuffers();
        }
        if (VirtioFeatures.has(device.features(), VirtioFeatures.GUEST_CSUM)) {
            receive.receiveChecksums();
        }
        if (VirtioFeatures.has(device.features(), VirtioFeatures.GUEST_TSO)) {
            receive.receiveMerged();
        }
        if (VirtioFeatures.has(device.features(), VirtioFeatures.CSUM)) {
            transmit.sendChecksums();
        }
        receiveNotify = device.setUp(receive);
        transmitNotify = device.setUp(transmit);
    }

    /** The device moves frames: it may be notified. */
    void start() {
        receive.start(receiveNotify);
        transmit.start(transmitNotify);
    }

    boolean isBroken() {
        return receive.isBroken() || transmit.isBroken();
    }

    EthStats statistics() {
        return new EthStats(
                receive.received(),
                transmit.completed(),
                receive.frameBytes(),
                transmit.frameBytes(),
                0,
                receive.dropped(),
                transmit.dropped(),
                receive.withoutMbuf());
    }

    /** The device has been reset. */
    void freeMbufs() {
        receive.freeMbufs();
        transmit.freeMbufs();
    }

    @Override
    public void close() {
        receive.close();
        transmit.close();
    }
}
