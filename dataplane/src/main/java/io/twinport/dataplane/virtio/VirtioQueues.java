package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtqueue.QueueFormat;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.MbufPool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All queues of a device: pairs that move frames, and where it takes commands one for these. For a control thread; which there
 * are, and how their counts stand, any thread may ask.
 */
final class VirtioQueues implements AutoCloseable {
    /** Without several queue pairs it is the third queue (5.1.2). */
    private static final int CONTROL_QUEUE = 2;

    private final VirtioTransport device;
    private volatile List<QueuePair> pairs = List.of();
    private @Nullable ControlQueue control;
    private QueueFormat format = QueueFormat.SPLIT;

    VirtioQueues(VirtioTransport device) {
        this.device = device;
    }

    /** Of all queues of a device. */
    static QueueFormat format(long features) {
        if (!VirtioFeatures.has(features, VirtioFeatures.RING_PACKED)) {
            return QueueFormat.SPLIT;
        }
        return VirtioFeatures.has(features, VirtioFeatures.IN_ORDER) ? QueueFormat.PACKED_IN_ORDER : QueueFormat.PACKED;
    }

    List<QueuePair> pairs() {
        return pairs;
    }

    /** Where the device takes commands; null if it does not. */
    @Nullable
    ControlQueue control() {
        return control;
    }

    /**
     * Makes those that are not there yet, and tells the device of all. What it calls a queue, and which it has, depends on the
     * features, on which it has agreed.
     */
    void setUp(int count, MbufPool pool) {
        QueueFormat wanted = format(device.features());
        if (wanted != format) {
            close(); // a device that was reset need not offer what it did
            format = wanted;
        }
        if (pairs.isEmpty()) {
            makePairs(count);
        }
        makeControl();
        for (QueuePair pair : pairs) {
            pair.clear();
            pair.setUp(device, pool);
        }
        if (control != null) {
            control.setUp();
        }
    }

    private void makePairs(int count) {
        List<QueuePair> made = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                made.add(QueuePair.of(device, format, i));
            }
        } catch (RuntimeException e) {
            made.forEach(QueuePair::close);
            throw e;
        }
        pairs = made;
    }

    private void makeControl() {
        int index = has(VirtioFeatures.MQ) ? 2 * device.queuePairs() : CONTROL_QUEUE;
        boolean isWanted = has(VirtioFeatures.CTRL_VQ);
        if (isWanted && index < 2 * pairs.size()) {
            throw new DpdkException(device.name() + " had several queue pairs, and now offers one");
        }
        if (control != null && (!isWanted || control.index() != index)) {
            closeControl();
        }
        if (control == null && isWanted) {
            control = ControlQueue.of(device, index);
        }
    }

    private boolean has(long feature) {
        return VirtioFeatures.has(device.features(), feature);
    }

    /** The device moves frames: it may be notified. */
    void start() {
        pairs.forEach(QueuePair::start);
        if (control != null) {
            control.start();
        }
    }

    /** Whether one of the pairs moves no frames any more. */
    boolean isBroken() {
        return pairs.stream().anyMatch(QueuePair::isBroken);
    }

    EthStats statistics() {
        return pairs.stream().map(QueuePair::statistics).reduce(EthStats.NONE, EthStats::plus);
    }

    /** The device has been reset. */
    void freeMbufs() {
        pairs.forEach(QueuePair::freeMbufs);
    }

    @Override
    public void close() {
        pairs.forEach(QueuePair::close);
        pairs = List.of();
        closeControl();
    }

    private void closeControl() {
        if (control != null) {
            control.close();
            control = null;
        }
    }
}
