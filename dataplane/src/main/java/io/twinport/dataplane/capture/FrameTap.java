package io.twinport.dataplane.capture;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the frames of a queue's handler: what it receives, and what it sends and the queue takes. They go to a {@link CaptureRing}
 * while somebody asks for that, and to a {@link FlightRecorder} all the time where there is one. A frame costs a copy of its first
 * bytes, a sent one two: it may be freed, and in use again, when the queue has taken it, so it is copied before.
 *
 * <p>Belongs to the poll loop of its queue, but for {@link #captureTo}.
 */
public final class FrameTap {
    private final int[] lengths = new int[MbufBurst.CAPACITY];
    private final int[] captured = new int[MbufBurst.CAPACITY];

    /** Of the frames of a burst that is about to be sent; 0 until something is kept for the first time. */
    private long copies;

    private @Nullable FlightRecorder recorder;

    /** That which is used when capturing begins. */
    private @Nullable CaptureRing given;

    private @Nullable CaptureRing ring;

    /** Has all frames recorded; before the loop runs. */
    public void record(FlightRecorder to) {
        reserve();
        recorder = to;
    }

    /** Where frames go from the next {@link #capture} on. One control thread, while nothing is captured. */
    public void captureTo(CaptureRing to) {
        reserve();
        given = to;
    }

    private void reserve() {
        if (copies == 0) {
            copies = Arena.global()
                    .allocate((long) MbufBurst.CAPACITY * CaptureRing.MOST_BYTES, Long.BYTES)
                    .address();
        }
    }

    /**
     * Begins or ends to capture.
     *
     * @return whether frames are kept from now on
     */
    public boolean capture(boolean on) {
        ring = on ? given : null;
        return ring != null || recorder != null;
    }

    /** Another side transmits from the next frame on. */
    public void switched(long sequence) {
        if (recorder != null) {
            recorder.switched(sequence);
        }
    }

    /** A frame that the handler is about to get. */
    public void received(long nanos, long mbuf, int side) {
        write(nanos, Mbuf.packetLength(mbuf), Mbuf.data(mbuf), Mbuf.dataLength(mbuf), side, CaptureRing.RECEIVED);
    }

    /** Copies a burst that is about to be sent, of {@link MbufBurst#CAPACITY} frames at most. */
    public void keep(long packets, int count) {
        int most = Math.max(FlightLayout.SNAP, ring == null ? 0 : ring.snap());
        for (int i = 0; i < count; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            lengths[i] = Mbuf.packetLength(mbuf);
            captured[i] = Math.min(Mbuf.dataLength(mbuf), most);
            UnsafeApi.copyMemory(Mbuf.data(mbuf), copy(i), captured[i]);
        }
    }

    /** So many of the burst were taken, from the front. */
    public void sent(int count, int side) {
        long nanos = count == 0 ? 0 : System.nanoTime();
        for (int i = 0; i < count; i++) {
            write(nanos, lengths[i], copy(i), captured[i], side, CaptureRing.SENT);
        }
    }

    private void write(long nanos, int length, long bytes, int there, int side, int direction) {
        if (ring != null) {
            ring.write(nanos, length, bytes, there, side, direction);
        }
        if (recorder != null) {
            recorder.record(nanos, length, bytes, there, side, direction);
        }
    }

    private long copy(int frame) {
        return copies + (long) frame * CaptureRing.MOST_BYTES;
    }
}
