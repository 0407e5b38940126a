package io.twinport.dataplane.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.capture.FlightRecording.Frame;
import io.twinport.dataplane.capture.FlightRecording.Mark;
import io.twinport.dataplane.cnc.CncException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecorderTest {
    private static final int FRAMES = 8;
    private static final long PID = ProcessHandle.current().pid();

    private final long bytes =
            Arena.global().allocate(FlightLayout.SNAP, Long.BYTES).address();

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("x.flight");
    }

    /** Records so many frames, each with its number in it. */
    private void record(FlightRecorder recorder, long first, int count, int side) {
        for (long number = first; number < first + count; number++) {
            UnsafeApi.putLong(bytes, number);
            recorder.record(number * 10, 1514, bytes, 60, side, CaptureRing.SENT);
        }
    }

    private static List<Frame> frames(FlightRecording recording, List<Mark> marks) throws IOException {
        List<Frame> frames = new ArrayList<>();
        assertEquals(recording.read(marks, frames::add), frames.size());
        return frames;
    }

    private static List<Long> numbers(List<Frame> frames) {
        return frames.stream().map(Frame::number).toList();
    }

    private static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void shouldKeepFramesBeforeAndAfterASwitch() throws Exception {
        FlightRecorder recorder = FlightRecorder.create(file(), 0, FRAMES);
        record(recorder, 1, 100, Sides.PRIMARY);
        recorder.switched(7);
        record(recorder, 101, 100, Sides.STANDBY);

        FlightRecording recording = FlightRecording.open(file(), PID);
        assertEquals(List.of(new Mark(0, 7, 101)), recording.marks());
        List<Frame> frames = frames(recording, recording.marks());
        assertEquals(range(93, 108), numbers(frames));
        for (Frame frame : frames) {
            assertEquals(frame.number() < 101 ? Sides.PRIMARY : Sides.STANDBY, frame.side());
            assertEquals(frame.number() * 10, frame.nanos());
            assertEquals(1514, frame.length());
            assertFalse(frame.received());
            assertEquals(60, frame.bytes().length);
            assertEquals((byte) frame.number(), frame.bytes()[0]);
        }
    }

    @Test
    void shouldPutTogetherSwitchesThatFollowEachOtherClosely() throws Exception {
        FlightRecorder recorder = FlightRecorder.create(file(), 0, FRAMES);
        record(recorder, 1, 20, Sides.PRIMARY);
        recorder.switched(1);
        record(recorder, 21, 3, Sides.STANDBY);
        recorder.switched(2);
        recorder.switched(3);
        record(recorder, 24, 30, Sides.PRIMARY);

        FlightRecording recording = FlightRecording.open(file(), PID);
        List<Mark> marks = recording.marks();
        assertEquals(List.of(new Mark(0, 1, 21), new Mark(0, 2, 24), new Mark(0, 3, 24)), marks);
        assertEquals(range(13, 31), numbers(frames(recording, marks)));
        assertEquals(range(13, 28), numbers(frames(recording, marks.subList(0, 1))));
        assertEquals(range(16, 31), numbers(frames(recording, marks.subList(2, 3))));
    }

    @Test
    void shouldKeepTheLastSwitches() throws Exception {
        FlightRecorder recorder = FlightRecorder.create(file(), 0, FRAMES);
        long next = 1;
        for (int i = 1; i <= 3 * FlightLayout.SEGMENTS; i++) {
            record(recorder, next, 50, Sides.PRIMARY);
            recorder.switched(i);
            next += 50;
        }
        record(recorder, next, FRAMES, Sides.PRIMARY);
        FlightRecording recording = FlightRecording.open(file(), PID);
        List<Mark> marks = recording.marks();
        assertEquals(FlightLayout.SEGMENTS, marks.size());
        assertEquals(3 * FlightLayout.SEGMENTS, marks.getLast().sequence());
        for (Mark mark : marks) {
            assertEquals(
                    range(mark.firstAfter() - FRAMES, mark.firstAfter() + FRAMES - 1),
                    numbers(frames(recording, List.of(mark))));
        }
    }

    @Test
    void shouldGiveNoFramesWithoutASwitch() throws Exception {
        FlightRecorder recorder = FlightRecorder.create(file(), 0, FRAMES);
        record(recorder, 1, 100, Sides.PRIMARY);
        FlightRecording recording = FlightRecording.open(file(), PID);
        assertEquals(List.of(), recording.marks());
        assertEquals(List.of(), frames(recording, recording.marks()));
    }

    /** The process died while it wrote it. */
    @Test
    void shouldLeaveOutAFrameThatIsHalfWritten() throws Exception {
        FlightRecorder recorder = FlightRecorder.create(file(), 0, FRAMES);
        recorder.switched(1);
        record(recorder, 1, 3, Sides.PRIMARY);
        byte[] all = Files.readAllBytes(file());
        int second = FlightLayout.HEADER + FlightLayout.SEGMENT_HEADER + 2 * FlightLayout.SLOT;
        assertEquals(2, all[second]);
        all[second] = 0;
        Files.write(folder.resolve("dead"), all);
        FlightRecording recording = FlightRecording.open(folder.resolve("dead"), PID);
        assertEquals(List.of(1L, 3L), numbers(frames(recording, recording.marks())));
    }

    @Test
    void shouldRefuseWhatIsNoRecordingOrOfAnotherRun() throws Exception {
        FlightRecorder.create(file(), 0, FRAMES);
        assertRefused(file(), PID + 1, "is of another run (process " + PID + ")");
        assertRefused(folder.resolve("none"), PID, "there is no flight recording");
        assertRefused(folder, PID, "cannot be read: it is a folder");
        byte[] all = Files.readAllBytes(file());
        assertRefused(Files.write(folder.resolve("wrong"), new byte[1000]), PID, "is no flight recording");
        for (byte[] wrong : new byte[][] {{}, {1, 2, 3}, Arrays.copyOf(all, 100), Arrays.copyOf(all, all.length - 1)}) {
            assertRefused(Files.write(folder.resolve("wrong"), wrong), PID, "is cut short");
        }
    }

    private static void assertRefused(Path file, long pid, String why) {
        String message = String.valueOf(assertThrows(CncException.class, () -> FlightRecording.open(file, pid))
                .getMessage());
        assertTrue(message.contains(why), message);
    }

    @Test
    void shouldLieBesideTheMappedFile() throws Exception {
        assertEquals(Path.of("/x/name.flight"), FlightRecorder.beside(Path.of("/x/name.cnc")));
        assertEquals(Path.of("/x/other.flight"), FlightRecorder.beside(Path.of("/x/other")));
    }

    @Test
    void shouldKeepAsManyFramesAsSaid() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> FlightRecorder.create(file(), 0, 0));
        assertThrows(
                IllegalArgumentException.class, () -> FlightRecorder.create(file(), 0, FlightRecorder.MOST_FRAMES + 1));
        FlightRecorder recorder = FlightRecorder.create(file(), 0, 1);
        record(recorder, 1, 3, Sides.PRIMARY);
        recorder.switched(1);
        record(recorder, 4, 3, Sides.STANDBY);
        try (FlightRecording recording = FlightRecording.open(file(), PID)) {
            assertEquals(range(3, 4), numbers(frames(recording, recording.marks())));
        }
    }

    @Test
    void shouldKnowPortSideAndDirectionOfAFrame() throws Exception {
        FlightRecorder recorder = FlightRecorder.create(file(), 5, FRAMES);
        recorder.record(10, 60, bytes, 60, Sides.PRIMARY, CaptureRing.SENT);
        recorder.record(11, 9000, bytes, FlightLayout.SNAP, Sides.STANDBY, CaptureRing.RECEIVED);
        recorder.switched(1);
        try (FlightRecording recording = FlightRecording.open(file(), PID)) {
            assertEquals(List.of(new Mark(5, 1, 3)), recording.marks());
            List<Frame> frames = frames(recording, recording.marks());
            assertFalse(frames.getFirst().received());
            assertTrue(frames.getLast().received());
            assertEquals(Sides.STANDBY, frames.getLast().side());
            assertEquals(9000, frames.getLast().length());
            assertEquals(FlightLayout.SNAP, frames.getLast().bytes().length);
        }
    }

    /** No number that stands in the file is believed. */
    @Test
    void shouldRefuseNumbersThatNoRecordingHas() throws Exception {
        FlightRecorder.create(file(), 0, FRAMES);
        for (int at : new int[] {FlightLayout.FRAMES, FlightLayout.SEGMENTS_AT}) {
            int most = at == FlightLayout.FRAMES ? FlightLayout.MOST_FRAMES : FlightLayout.SEGMENTS;
            for (int number : new int[] {-1, 0, most + 1}) {
                assertRefused(withNumber(at, number), PID, "is no flight recording of this version");
            }
        }
        assertRefused(withNumber(FlightLayout.VERSION_AT, FlightLayout.VERSION + 1), PID, "is no flight recording");
        assertRefused(withNumber(FlightLayout.FRAMES, FlightLayout.MOST_FRAMES), PID, "is cut short");
        FlightRecording.open(withNumber(FlightLayout.SEGMENTS_AT, 1), PID).close();
    }

    private Path withNumber(int at, int number) throws IOException {
        byte[] all = Files.readAllBytes(file());
        ByteBuffer.wrap(all).order(ByteOrder.nativeOrder()).putInt(at, number);
        return Files.write(folder.resolve("other"), all);
    }

    @Test
    void shouldReadNothingMoreWhenClosed() {
        FlightRecorder.create(file(), 0, FRAMES);
        FlightRecording recording = FlightRecording.open(file(), PID);
        recording.close();
        assertThrows(CncException.class, recording::marks);
    }

    @Test
    void shouldGiveMarksInTheOrderOfTheSwitches() throws Exception {
        FlightRecorder recorder = FlightRecorder.create(file(), 0, FRAMES);
        for (int i = 1; i <= FlightLayout.SEGMENTS + 3; i++) {
            recorder.switched(i);
            record(recorder, 1, FRAMES, Sides.PRIMARY);
        }
        try (FlightRecording recording = FlightRecording.open(file(), PID)) {
            assertEquals(
                    range(4, FlightLayout.SEGMENTS + 3),
                    recording.marks().stream().map(Mark::sequence).toList());
        }
    }
}
