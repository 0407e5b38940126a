package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/** Of a {@link SplitQueue}. */
final class SplitDeviceEnd implements DeviceEnd {
    private final long queue;
    private int seen;
    private int filled;

    SplitDeviceEnd(long queue) {
        this.queue = queue;
    }

    @Override
    public int waiting() {
        return (UnsafeApi.getShortAcquire(null, UnsafeApi.getLong(queue + AVAILABLE) + RING_IDX) - seen) & 0xffff;
    }

    @Override
    public int next() {
        long at = seen++ & UnsafeApi.getInt(queue + SIZE) - 1;
        return UnsafeApi.getShort(UnsafeApi.getLong(queue + AVAILABLE) + RING + at * AVAILABLE_ELEMENT) & 0xffff;
    }

    @Override
    public void use(int id, int length) {
        long at = filled++ & UnsafeApi.getInt(queue + SIZE) - 1;
        UnsafeApi.putLong(
                UnsafeApi.getLong(queue + USED) + RING + at * USED_ELEMENT, (long) length << 32 | id & 0xffff_ffffL);
    }

    @Override
    public void stayAwake(boolean awake) {
        UnsafeApi.putShort(UnsafeApi.getLong(queue + USED) + RING_FLAGS, awake ? NO_NOTIFY : (short) 0);
    }

    @Override
    public void publish() {
        UnsafeApi.putShortRelease(null, UnsafeApi.getLong(queue + USED) + RING_IDX, (short) filled);
    }
}
