package io.twinport.dataplane.capture;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The beginnings of frames, from one poll loop to one control thread. What the reader leaves no room for is counted.
 *
 * <pre>
 *   0          8          12         16         20         24
 *  +----------+----------+----------+----------+----------+------
 *  | nanos    | length   | captured | side     | direction| bytes
 *  +----------+----------+----------+----------+----------+------
 * </pre>
 */
public final class CaptureRing {
    /** Directions, as pcapng counts them. */
    public static final int RECEIVED = 1;

    public static final int SENT = 2;

    /** Of a frame: a jumbo frame whole. */
    public static final int MOST_BYTES = 1 << 14;

    /** Some 700 frames of 1500 bytes. */
    private static final int CAPACITY = 1 << 20;

    private static final int FRAME = 1;
    private static final int NANOS = 0;
    private static final int LENGTH = 8;
    private static final int CAPTURED = 12;
    private static final int SIDE = 16;
    private static final int DIRECTION = 20;
    private static final int HEADER = 24;

    private static final int READ_AT_ONCE = 256;

    private final Arena memory = Arena.ofShared();
    private final OneToOneRingBuffer ring;
    private final long address;
    private final int snap;
    private final AtomicLong lost = new AtomicLong();

    /** @param snap bytes of a frame that are kept at most */
    public CaptureRing(int snap) {
        int bytes = CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
        this.address = memory.allocate(bytes, Long.BYTES * 8).address();
        this.ring = new OneToOneRingBuffer(new UnsafeBuffer(address, bytes));
        this.snap = Math.min(snap, MOST_BYTES);
    }

    /** Bytes of a frame that are kept at most. The poll loop. */
    int snap() {
        return snap;
    }

    /**
     * Keeps a frame. The poll loop.
     *
     * @param bytes address of its first bytes
     * @param there how many are there
     */
    void write(long nanos, int length, long bytes, int there, int side, int direction) {
        int captured = Math.min(there, snap);
        int index = ring.tryClaim(FRAME, HEADER + captured);
        if (index < 0) {
            lost.lazySet(lost.getPlain() + 1);
            return;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putLong(index + NANOS, nanos);
        buffer.putInt(index + LENGTH, length);
        buffer.putInt(index + CAPTURED, captured);
        buffer.putInt(index + SIDE, side);
        buffer.putInt(index + DIRECTION, direction);
        UnsafeApi.copyMemory(bytes, address + index + HEADER, captured);
        ring.commit(index);
    }

    /** Who is given the frames, on the reader's thread. */
    @FunctionalInterface
    public interface Reader {
        /**
         * @param nanos {@link System#nanoTime} of its burst
         * @param bytes the first ones; the reader's
         * @param length of the whole frame
         * @param side of {@code FailoverPolicy}
         */
        void onFrame(long nanos, byte[] bytes, int length, int side, int direction);
    }

    /** Reads what is there; returns how many frames. */
    public int read(Reader reader) {
        return ring.read((type, buffer, index, length) -> give(buffer, index, reader), READ_AT_ONCE);
    }

    private static void give(MutableDirectBuffer buffer, int index, Reader reader) {
        byte[] bytes = new byte[buffer.getInt(index + CAPTURED)];
        buffer.getBytes(index + HEADER, bytes);
        reader.onFrame(
                buffer.getLong(index + NANOS),
                bytes,
                buffer.getInt(index + LENGTH),
                buffer.getInt(index + SIDE),
                buffer.getInt(index + DIRECTION));
    }

    /** Frames for which there was no room. */
    public long lost() {
        return lost.get();
    }

    /** Frees its memory; the poll loop must not use it any more. */
    public void close() {
        memory.close();
    }
}
