package io.twinport.dataplane.warmup;

import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.virtio.VirtioLayout;
import io.twinport.dataplane.virtqueue.DeviceEnd;
import io.twinport.dataplane.virtqueue.QueueFormat;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.MbufPool;

/** Virtio queues without a device, for the warm-up: every frame counts as sent, and some are received. */
public final class VirtioMirror implements ScratchSide {
    private static final int SLOTS = 256;
    private static final int RECEIVED_AT_ONCE = 2;
    private static final int RECEIVED_BYTES = Virtqueue.NET_HEADER + 60;

    private final Virtqueue receive;
    private final Virtqueue transmit;
    private final DeviceEnd receiving;
    private final DeviceEnd sending;

    private final long line = SideLineSetup.allocate();

    private boolean awake;

    public VirtioMirror(QueueFormat format, MbufPool pool) {
        receive = format.make(VirtioLayout.QUEUE_RECEIVE, SLOTS, false);
        transmit = format.make(VirtioLayout.QUEUE_TRANSMIT, SLOTS, false);
        receive.clear();
        transmit.clear();
        receive.fill(pool);
        receiving = DeviceEnd.of(receive.address());
        sending = DeviceEnd.of(transmit.address());
        SideLineSetup.writeVirtio(line, receive.address(), transmit.address(), transmit.size(), true);
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public void link(boolean isUp) {
        SideLine.reportLink(line, isUp);
    }

    @Override
    public void turn() {
        receiving.complete(RECEIVED_AT_ONCE, RECEIVED_BYTES);
        sending.complete(SLOTS, 0);
        awake = !awake;
        receiving.stayAwake(awake);
        sending.stayAwake(awake);
    }

    @Override
    public void close() {
        receive.freeMbufs();
        transmit.freeMbufs();
        receive.close();
        transmit.close();
    }
}
