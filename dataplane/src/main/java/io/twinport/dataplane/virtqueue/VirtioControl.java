package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/**
 * Commands by a control queue (virtio 1.2, 5.1.6.5), for a control thread. One is under way at a time, so it always has the
 * same descriptors: its class and number, its data if it has any, and the byte that the device answers with.
 */
public final class VirtioControl {
    static final int COMMAND_BYTES = 2;
    static final int ANSWER_BYTES = 1;

    // What has come of a command.
    public static final int PENDING = 0;
    public static final int DONE = 1;

    /** The device has written what it must not into the ring. */
    public static final int NONSENSE = 2;

    private VirtioControl() {}

    /**
     * Gives the device a command; the one before is done. All addresses are the device's.
     *
     * @param queue address of a started queue
     * @param bytes of the data; 0 if there are none
     */
    public static void post(long queue, long command, long data, int bytes, long answer) {
        if (PackedRing.is(queue)) {
            PackedControl.post(queue, command, data, bytes, answer);
            return;
        }
        int last = bytes == 0 ? 1 : 2;
        SplitTransmit.describe(queue, 0, command, COMMAND_BYTES | FLAG_NEXT | 1L << NEXT_SHIFT);
        if (bytes != 0) {
            SplitTransmit.describe(queue, 1, data, bytes | FLAG_NEXT | 2L << NEXT_SHIFT);
        }
        SplitTransmit.describe(queue, last, answer, ANSWER_BYTES | FLAG_WRITE);
        int posted = UnsafeApi.getInt(queue + POSTED);
        long at = posted & UnsafeApi.getInt(queue + SIZE) - 1;
        UnsafeApi.putShort(UnsafeApi.getLong(queue + AVAILABLE) + RING + at * AVAILABLE_ELEMENT, (short) 0);
        posted = posted + 1 & 0xffff;
        UnsafeApi.putInt(queue + POSTED, posted);
        VirtioNotify.publish(queue, posted);
    }

    /** Looks what has come of the command: {@link #PENDING}, {@link #DONE} or {@link #NONSENSE}. */
    public static int look(long queue) {
        if (PackedRing.is(queue)) {
            return PackedControl.look(queue);
        }
        long used = UnsafeApi.getLong(queue + USED);
        int taken = UnsafeApi.getInt(queue + TAKEN);
        // Acquire: pairs with the device's store of idx, after those of the element and of its answer (2.7.14).
        int filled = (UnsafeApi.getShortAcquire(null, used + RING_IDX) - taken) & 0xffff;
        if (filled == 0) {
            return PENDING;
        }
        long at = taken & UnsafeApi.getInt(queue + SIZE) - 1;
        long element = UnsafeApi.getLong(used + RING + at * USED_ELEMENT);
        if (filled != 1 || (int) element != 0 || element >>> 32 > ANSWER_BYTES) {
            return NONSENSE;
        }
        UnsafeApi.putInt(queue + TAKEN, taken + 1 & 0xffff);
        return DONE;
    }
}
