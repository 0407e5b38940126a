package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;

import org.agrona.UnsafeApi;

/** Of a {@link PackedQueue}. Of the chains that it uses together it marks the first as used behind all others. */
final class PackedDeviceEnd implements DeviceEnd {
    private final long queue;
    private final int size;

    /** At a chain's id how many descriptors it has, as they were when it was taken. */
    private final int[] slots;

    /** The place behind the last chain that was taken; tests look from there what comes. */
    int seen;

    private int filled;

    /** Where the first descriptor is that was used and not published, and what is to be written there. */
    private int kept;

    private long keptWord;
    private boolean keeps;

    PackedDeviceEnd(long queue) {
        this.queue = queue;
        this.size = UnsafeApi.getInt(queue + SIZE);
        this.slots = new int[size];
    }

    @Override
    public int waiting() {
        int n = 0;
        for (int at = seen; at - filled < size && isAvailable(at); at = behind(at)) {
            n++;
        }
        return n;
    }

    @Override
    public int next() {
        int behind = behind(seen);
        int id = PackedRing.id(word(behind - 1));
        slots[id & size - 1] = behind - seen;
        seen = behind;
        return id;
    }

    @Override
    public void use(int id, int length) {
        long word = PackedRing.used(filled, size, id, length);
        if (keeps) {
            UnsafeApi.putLong(at(filled), word);
        } else {
            keptWord = word;
            kept = filled;
            keeps = true;
        }
        filled += Math.max(1, slots[id & size - 1]);
    }

    @Override
    public void stayAwake(boolean awake) {
        UnsafeApi.putShort(
                UnsafeApi.getLong(queue + USED) + PackedRing.EVENT_FLAGS, awake ? PackedRing.NO_EVENTS : (short) 0);
    }

    @Override
    public void publish() {
        if (keeps) {
            UnsafeApi.putLongRelease(null, at(kept), keptWord);
            keeps = false;
        }
    }

    private boolean isAvailable(int place) {
        return PackedRing.isAvailable(word(place), place, size);
    }

    /** The place behind a chain; a driver that goes on without an end has one at the ring's. */
    private int behind(int place) {
        int at = place;
        while ((word(at) & PackedRing.NEXT_DESCRIPTOR) != 0 && at - place < size - 1) {
            at++;
        }
        return at + 1;
    }

    private long word(int place) {
        return UnsafeApi.getLongAcquire(null, at(place));
    }

    private long at(int place) {
        return PackedRing.descriptor(UnsafeApi.getLong(queue + DESCRIPTORS), place, size - 1) + DESCRIPTOR_LENGTH;
    }
}
