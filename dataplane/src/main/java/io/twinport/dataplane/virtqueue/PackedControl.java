package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/** {@link VirtioControl} by a packed queue: the one command that is under way has the id 0. */
final class PackedControl {
    private PackedControl() {}

    static void post(long queue, long command, long data, int bytes, long answer) {
        int first = UnsafeApi.getInt(queue + POSTED);
        int end = first + (bytes == 0 ? 2 : 3);
        if (bytes != 0) {
            describe(queue, first + 1, data, bytes | PackedRing.NEXT_DESCRIPTOR);
        }
        describe(queue, end - 1, answer, VirtioControl.ANSWER_BYTES | PackedRing.WRITE_DESCRIPTOR);
        UnsafeApi.putInt(queue + POSTED, end);
        int size = UnsafeApi.getInt(queue + SIZE);
        UnsafeApi.putLong(PackedRing.descriptor(UnsafeApi.getLong(queue + DESCRIPTORS), first, size - 1), command);
        long head = PackedRing.available(first, size, 0, VirtioControl.COMMAND_BYTES | PackedRing.NEXT_DESCRIPTOR);
        PackedRing.publish(queue, first, head);
    }

    private static void describe(long queue, int place, long address, long lengthAndFlags) {
        int size = UnsafeApi.getInt(queue + SIZE);
        long descriptor = PackedRing.descriptor(UnsafeApi.getLong(queue + DESCRIPTORS), place, size - 1);
        UnsafeApi.putLong(descriptor, address);
        UnsafeApi.putLong(descriptor + DESCRIPTOR_LENGTH, PackedRing.available(place, size, 0, lengthAndFlags));
    }

    static int look(long queue) {
        int size = UnsafeApi.getInt(queue + SIZE);
        int taken = UnsafeApi.getInt(queue + TAKEN);
        // The acquire in it pairs with the device's store of the flags, after that of its answer.
        long word = PackedRing.read(UnsafeApi.getLong(queue + DESCRIPTORS), taken, size - 1);
        if (!PackedRing.isUsed(word, taken, size)) {
            return VirtioControl.PENDING;
        }
        if (PackedRing.id(word) != 0 || (word & 0xffff_ffffL) > VirtioControl.ANSWER_BYTES) {
            return VirtioControl.NONSENSE;
        }
        UnsafeApi.putInt(queue + TAKEN, UnsafeApi.getInt(queue + POSTED));
        return VirtioControl.DONE;
    }
}
