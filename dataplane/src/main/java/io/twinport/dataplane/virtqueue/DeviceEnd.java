package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/**
 * The device's end of a queue, in software: what the warm-up and the tests have in place of a device. It looks at the rings
 * only, at their own addresses, and moves no bytes.
 */
public final class DeviceEnd {
    private final long queue;
    private int seen;
    private int filled;

    /** @param queue address of a queue that was cleared */
    public DeviceEnd(long queue) {
        this.queue = queue;
    }

    /**
     * Completes chains in the order in which they were posted.
     *
     * @param length bytes that the device says it has written to each
     * @return how many, at most {@code count}
     */
    public int complete(int count, int length) {
        int n = Math.min(count, waiting());
        for (int i = 0; i < n; i++) {
            use(next(), length);
        }
        publish();
        return n;
    }

    /** Chains that were posted and not looked at yet. */
    public int waiting() {
        return (UnsafeApi.getShortAcquire(null, UnsafeApi.getLong(queue + AVAILABLE) + RING_IDX) - seen) & 0xffff;
    }

    /** Takes the number of the next chain that was posted. */
    public int next() {
        long at = seen++ & UnsafeApi.getInt(queue + SIZE) - 1;
        return UnsafeApi.getShort(UnsafeApi.getLong(queue + AVAILABLE) + RING + at * AVAILABLE_ELEMENT) & 0xffff;
    }

    /** Writes an element into the used ring; {@link #publish} shows it. */
    public void use(int id, int length) {
        long at = filled++ & UnsafeApi.getInt(queue + SIZE) - 1;
        UnsafeApi.putLong(
                UnsafeApi.getLong(queue + USED) + RING + at * USED_ELEMENT, (long) length << 32 | id & 0xffff_ffffL);
    }

    /** Whether notifications are not wanted. */
    public void stayAwake(boolean awake) {
        UnsafeApi.putShort(UnsafeApi.getLong(queue + USED) + RING_FLAGS, awake ? NO_NOTIFY : (short) 0);
    }

    public void publish() {
        UnsafeApi.putShortRelease(null, UnsafeApi.getLong(queue + USED) + RING_IDX, (short) filled);
    }
}
