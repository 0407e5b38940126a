package io.twinport.dataplane.capture;

import static io.twinport.dataplane.capture.FlightLayout.*;

import io.twinport.dataplane.cnc.CncException;
import io.twinport.dataplane.cnc.MappedFile;
import io.twinport.posix.FileErrors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.agrona.UnsafeApi;

/** Writes a flight recording. Made by a control thread, written by one poll thread, mapped as long as the process lives. */
public final class FlightRecorder {
    /** The most frames that can be kept before a switch. */
    public static final int MOST_FRAMES = FlightLayout.MOST_FRAMES;

    private final int port;
    private final int frames;
    private final int slots;
    private final long segments;
    private long segment;
    private int index;
    private long next = 1;
    private long end = Long.MAX_VALUE;

    private FlightRecorder(int port, int frames, long address) {
        this.port = port;
        this.frames = frames;
        this.slots = 2 * frames;
        this.segments = address + HEADER;
        this.segment = segments;
    }

    /** The recording beside a {@code NAME.cnc}: {@code NAME.flight}. */
    public static Path beside(Path cnc) {
        String name = String.valueOf(cnc.getFileName());
        return cnc.resolveSibling((name.endsWith(".cnc") ? name.substring(0, name.length() - 4) : name) + ".flight");
    }

    /**
     * Creates the file, over that of an earlier run.
     *
     * @param port the failover port's number
     * @param frames to be kept before a switch, and as many after it
     * @throws CncException if it cannot be written
     */
    public static FlightRecorder create(Path file, int port, int frames) {
        if (frames < 1 || frames > MOST_FRAMES) {
            throw new IllegalArgumentException(frames + " frames");
        }
        try {
            MemorySegment mapped = MappedFile.create(
                    file, length(frames, SEGMENTS), Arena.global(), header -> begin(header.address(), frames));
            return new FlightRecorder(port, frames, mapped.address());
        } catch (IOException e) {
            throw new CncException(
                    file + " cannot be written: " + FileErrors.reason(e)
                            + ". Choose another folder with --cnc-dir DIR.",
                    e);
        }
    }

    private static void begin(long header, int frames) {
        UnsafeApi.putInt(header + FRAMES, frames);
        UnsafeApi.putInt(header + SEGMENTS_AT, SEGMENTS);
        UnsafeApi.putLong(header + PID, ProcessHandle.current().pid());
        UnsafeApi.putInt(header + VERSION_AT, VERSION);
    }

    /** The next frame is the first that comes after this switch. */
    void switched(long sequence) {
        if (end != Long.MAX_VALUE) {
            // The one before is not over: what comes now belongs to both, and a reader puts it together by the numbers.
            nextSegment();
        }
        UnsafeApi.putLong(segment + FIRST_AFTER, next);
        UnsafeApi.putInt(segment + PORT, port);
        UnsafeApi.putLongRelease(null, segment + SWITCH, sequence);
        end = next + frames;
    }

    /**
     * Records a frame.
     *
     * @param bytes address of its first bytes
     * @param there how many are there, of which {@link FlightLayout#SNAP} are kept at most
     */
    void record(long nanos, int length, long bytes, int there, int side, int direction) {
        int captured = Math.min(there, FlightLayout.SNAP);
        if (next == end) {
            nextSegment();
        }
        long slot = segment + SEGMENT_HEADER + (next % slots) * SLOT;
        UnsafeApi.putLong(slot + NUMBER, 0);
        VarHandle.storeStoreFence();
        UnsafeApi.putLong(slot + NANOS, nanos);
        UnsafeApi.putInt(slot + LENGTH, length);
        UnsafeApi.putShort(slot + CAPTURED, (short) captured);
        UnsafeApi.putByte(slot + SIDE, (byte) side);
        UnsafeApi.putByte(slot + DIRECTION, (byte) direction);
        UnsafeApi.copyMemory(bytes, slot + BYTES, captured);
        UnsafeApi.putLongRelease(null, slot + NUMBER, next++);
    }

    private void nextSegment() {
        index = (index + 1) % SEGMENTS;
        segment = segments + index * segmentLength(frames);
        // Its frames, now of no switch, are overwritten one by one.
        UnsafeApi.putLongRelease(null, segment + SWITCH, 0);
        end = Long.MAX_VALUE;
    }
}
