package io.twinport.dataplane.flight;

import static io.twinport.dataplane.flight.FlightLayout.*;

import io.twinport.dataplane.cnc.CncException;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Reads a flight recording, live or left behind by a process that has died. */
public final class FlightRecording {
    private final AtomicBuffer file;
    private final int frames;
    private final int segments;

    private FlightRecording(AtomicBuffer file) {
        this.file = file;
        this.frames = file.getInt(FRAMES);
        this.segments = file.getInt(SEGMENTS_AT);
    }

    /**
     * A switch whose frames are there.
     *
     * @param sequence as in its switch record
     * @param firstAfter number of the first frame that came after its decision
     */
    public record Mark(int port, long sequence, long firstAfter) {}

    /**
     * A frame.
     *
     * @param number counts the recorded frames from 1
     * @param nanos {@link System#nanoTime} of the process that recorded it, one for each burst
     * @param length of the whole frame
     * @param side of {@code FailoverPolicy}, by which it came or was sent
     * @param received false: it was sent
     * @param bytes its first ones
     */
    public record Frame(long number, long nanos, int length, int side, boolean received, byte[] bytes) {}

    /**
     * Opens a recording.
     *
     * @param pid of the process that must have written it
     * @throws CncException if there is none, or none of that process
     */
    public static FlightRecording read(Path path, long pid) {
        if (!Files.isRegularFile(path)) {
            throw new CncException("there is no flight recording " + path
                    + ". Start twinport run with --flight-recorder to" + " have one.");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() < HEADER) {
                throw new CncException(path + " is no flight recording of this version");
            }
            AtomicBuffer file = new UnsafeBuffer(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
            int frames = file.getInt(FRAMES);
            int segments = file.getInt(SEGMENTS_AT);
            if (file.getIntVolatile(VERSION_AT) != VERSION
                    || frames < 1
                    || frames > MOST_FRAMES
                    || segments < 1
                    || segments > SEGMENTS
                    || channel.size() < FlightLayout.length(frames, segments)) {
                throw new CncException(path + " is no flight recording of this version");
            }
            if (file.getLong(PID) != pid) {
                throw new CncException(path + " is of another run (process " + file.getLong(PID)
                        + "): the one asked for (process " + pid + ") had no --flight-recorder");
            }
            return new FlightRecording(file);
        } catch (IOException e) {
            throw new CncException(path + " cannot be read: " + e, e);
        }
    }

    /** The switches whose frames are there, the oldest first. */
    public List<Mark> marks() {
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            int at = segment(i);
            long sequence = file.getLongVolatile(at + SWITCH);
            if (sequence != 0) {
                marks.add(new Mark(file.getInt(at + PORT), sequence, file.getLong(at + FIRST_AFTER)));
            }
        }
        marks.sort(Comparator.comparingLong(Mark::sequence));
        return marks;
    }

    /** The frames around any of these switches, in their order, each once. */
    public List<Frame> frames(List<Mark> marks) {
        SortedMap<Long, Frame> found = new TreeMap<>();
        for (int i = 0; i < segments; i++) {
            for (int slot = 0; slot < 2 * frames; slot++) {
                Frame frame = frame(segment(i) + SEGMENT_HEADER + slot * SLOT);
                if (frame != null && marks.stream().anyMatch(mark -> isAround(mark, frame.number()))) {
                    found.put(frame.number(), frame);
                }
            }
        }
        return List.copyOf(found.values());
    }

    private boolean isAround(Mark mark, long number) {
        return number >= mark.firstAfter() - frames && number < mark.firstAfter() + frames;
    }

    private int segment(int index) {
        return HEADER + (int) (index * segmentLength(frames));
    }

    /** Null for a slot that was never written, or is being written. */
    private @Nullable Frame frame(int slot) {
        long number = file.getLongVolatile(slot + NUMBER);
        if (number == 0) {
            return null;
        }
        byte[] bytes = new byte[Math.min(file.getShort(slot + CAPTURED) & 0xffff, SNAP)];
        file.getBytes(slot + BYTES, bytes);
        Frame frame = new Frame(
                number,
                file.getLong(slot + NANOS),
                file.getInt(slot + LENGTH),
                file.getByte(slot + SIDE),
                file.getByte(slot + DIRECTION) == RecordedPort.RECEIVED,
                bytes);
        VarHandle.loadLoadFence();
        return file.getLongVolatile(slot + NUMBER) == number ? frame : null;
    }
}
