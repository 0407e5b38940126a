package io.twinport.dataplane.capture;

import static io.twinport.dataplane.capture.FlightLayout.*;

import io.twinport.dataplane.cnc.CncException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a flight recording, live or left behind by a process that has died. It is read a frame at a time, so that a large one
 * needs no memory, and one that is cut short meanwhile has an end.
 */
public final class FlightRecording implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final int frames;
    private final int segments;

    private FlightRecording(Path path, FileChannel channel, int frames, int segments) {
        this.path = path;
        this.channel = channel;
        this.frames = frames;
        this.segments = segments;
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

    /** Takes frames. */
    @FunctionalInterface
    public interface Consumer {
        void accept(Frame frame) throws IOException;
    }

    /** Where a frame is. */
    private record Slot(long number, long offset) {}

    /**
     * Opens a recording.
     *
     * @param pid of the process that must have written it
     * @throws CncException if there is none, or none of that process
     */
    public static FlightRecording open(Path path, long pid) {
        FileChannel channel = null;
        FlightRecording recording = null;
        try {
            channel = RegularFile.open(path);
            recording = open(path, channel, pid);
            return recording;
        } catch (NoSuchFileException e) {
            throw new CncException(
                    "there is no flight recording " + path + ". Start twinport run with --flight-recorder to have one.",
                    e);
        } catch (IOException e) {
            throw unreadable(path, e);
        } finally {
            if (recording == null && channel != null) {
                close(path, channel);
            }
        }
    }

    private static FlightRecording open(Path path, FileChannel channel, long pid) throws IOException {
        ByteBuffer header = read(channel, 0, HEADER);
        int frames = header.getInt(FRAMES);
        int segments = header.getInt(SEGMENTS_AT);
        if (header.getInt(VERSION_AT) != VERSION
                || frames < 1
                || frames > MOST_FRAMES
                || segments < 1
                || segments > SEGMENTS) {
            throw new CncException(path + " is no flight recording of this version. Read it with the twinport that has"
                    + " written it.");
        }
        long length = FlightLayout.length(frames, segments);
        if (channel.size() < length) {
            throw new CncException(path + " is cut short: it has " + channel.size() + " of the " + length
                    + " bytes of such a flight recording. What is missing is lost.");
        }
        if (header.getLong(PID) != pid) {
            throw new CncException(path + " is of another run (process " + header.getLong(PID)
                    + "): the requested one (process " + pid + ") had no --flight-recorder");
        }
        return new FlightRecording(path, channel, frames, segments);
    }

    /** The switches whose frames are there, the oldest first. */
    public List<Mark> marks() {
        List<Mark> marks = new ArrayList<>();
        try {
            for (int i = 0; i < segments; i++) {
                ByteBuffer header = read(channel, segment(i), SEGMENT_HEADER);
                long sequence = header.getLong(SWITCH);
                if (sequence != 0) {
                    marks.add(new Mark(header.getInt(PORT), sequence, header.getLong(FIRST_AFTER)));
                }
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        marks.sort(Comparator.comparingLong(Mark::sequence));
        return marks;
    }

    /**
     * The frames around any of these switches, in their order, each once.
     *
     * @return how many there were
     * @throws IOException of the consumer's
     */
    public int read(List<Mark> marks, Consumer consumer) throws IOException {
        int count = 0;
        long last = 0;
        for (Slot slot : slots(marks)) {
            Frame frame = slot.number() == last ? null : frame(slot);
            if (frame != null) {
                last = slot.number();
                consumer.accept(frame);
                count++;
            }
        }
        return count;
    }

    private List<Slot> slots(List<Mark> marks) {
        List<Slot> slots = new ArrayList<>();
        try {
            for (int i = 0; i < segments; i++) {
                long first = segment(i) + SEGMENT_HEADER;
                ByteBuffer all = read(channel, first, 2 * frames * SLOT);
                for (int at = 0; at < all.limit(); at += SLOT) {
                    long number = all.getLong(at + NUMBER);
                    if (number != 0 && marks.stream().anyMatch(mark -> isAround(mark, number))) {
                        slots.add(new Slot(number, first + at));
                    }
                }
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        slots.sort(Comparator.comparingLong(Slot::number));
        return slots;
    }

    private boolean isAround(Mark mark, long number) {
        return number >= mark.firstAfter() - frames && number < mark.firstAfter() + frames;
    }

    private long segment(int index) {
        return HEADER + index * segmentLength(frames);
    }

    /** Null for one that has been, or is being, written over meanwhile: its writer sets the number to 0 first. */
    private @Nullable Frame frame(Slot slot) {
        try {
            ByteBuffer copy = read(channel, slot.offset(), SLOT);
            byte[] bytes = new byte[Math.min(copy.getShort(CAPTURED) & 0xffff, SNAP)];
            copy.get(BYTES, bytes);
            Frame frame = new Frame(
                    slot.number(),
                    copy.getLong(NANOS),
                    copy.getInt(LENGTH),
                    copy.get(SIDE),
                    copy.get(DIRECTION) == CaptureRing.RECEIVED,
                    bytes);
            boolean isWhole = copy.getLong(NUMBER) == slot.number()
                    && read(channel, slot.offset(), Long.BYTES).getLong(NUMBER) == slot.number();
            return isWhole ? frame : null;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        if (RegularFile.fill(channel, offset, bytes) < length) {
            throw new IOException("it is cut short");
        }
        return bytes.flip();
    }

    private static CncException unreadable(Path path, IOException e) {
        return new CncException(path + " cannot be read: " + FileErrors.reason(e) + ".", e);
    }

    private static void close(Path path, FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public void close() {
        close(path, channel);
    }
}
