package io.twinport.control.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.agrona.UnsafeApi;

/** What the frames carry, off-heap: the same few bytes in each, or the frames of a capture in turn. */
public final class Payloads {
    /** Fills a frame to the smallest that Ethernet allows, 60 bytes before the checksum. */
    private static final int SMALLEST = 60 - NumberedFrame.PAYLOAD;

    private final long[] addresses;
    private final int[] lengths;

    private Payloads(List<byte[]> frames) {
        this.addresses = new long[frames.size()];
        this.lengths = new int[frames.size()];
        for (int i = 0; i < lengths.length; i++) {
            byte[] frame = frames.get(i);
            lengths[i] = Math.max(SMALLEST, frame.length);
            MemorySegment copy = Arena.global().allocate(lengths[i], Long.BYTES);
            addresses[i] = copy.copyFrom(MemorySegment.ofArray(frame)).address();
        }
    }

    /** Frames of 60 bytes. */
    public static Payloads smallest() {
        return new Payloads(List.of(new byte[0]));
    }

    /** The frames of a capture; not empty. */
    public static Payloads of(List<byte[]> frames) {
        return new Payloads(frames);
    }

    /** Writes the payload of a number behind the header and returns the frame's length. */
    public int write(long number, long frame) {
        int i = (int) (number % lengths.length);
        UnsafeApi.copyMemory(addresses[i], frame + NumberedFrame.PAYLOAD, lengths[i]);
        return NumberedFrame.PAYLOAD + lengths[i];
    }

    /** Whether a frame has the length of its number's, and the same first and last eight bytes of payload. */
    public boolean matches(long number, long frame, int length) {
        int i = (int) (number % lengths.length);
        long last = (long) lengths[i] - Long.BYTES;
        long payload = frame + NumberedFrame.PAYLOAD;
        return length == NumberedFrame.PAYLOAD + lengths[i]
                && UnsafeApi.getLong(payload) == UnsafeApi.getLong(addresses[i])
                && UnsafeApi.getLong(payload + last) == UnsafeApi.getLong(addresses[i] + last);
    }
}
