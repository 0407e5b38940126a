package io.twinport.control.fuzz;

import io.twinport.control.pcap.FlightCapture;
import io.twinport.control.pcap.PcapFile;
import io.twinport.dataplane.capture.FlightRecorder;
import io.twinport.dataplane.capture.FlightRecording;
import io.twinport.dataplane.capture.SampleRecordings;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.SampleLogs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Flight recordings, for {@code history --pcap}. */
final class FlightTarget implements FuzzTarget {
    /** Some inputs also come from a whole file to a whole capture. */
    private static final int EACH = 16;

    private static final int SWITCHES = 3;
    private static final int LONGEST = 2016;

    private final ScratchFile cnc = ScratchFile.create("some.cnc");
    private final Path flight = FlightRecorder.beside(cnc.path());
    private final Path capture = cnc.path().resolveSibling("frames");

    /** Where a capture can be written, where it cannot, and where it cannot be written whole. */
    private final List<Path> captures = List.of(
            capture, capture, capture, cnc.path().resolveSibling("none").resolve("frames"), Path.of("/dev/full"));

    private final long pid = ProcessHandle.current().pid();
    private final byte[] whole;
    private long inputs;

    FlightTarget() throws IOException {
        try (CncFile file = CncFile.create(cnc.path())) {
            SampleLogs.fill(
                    file.switchRecords(),
                    file.policyInputs(),
                    SWITCHES,
                    file.reading().startNanos());
        }
        SampleRecordings.make(flight, 1, SWITCHES);
        whole = Files.readAllBytes(flight);
    }

    /** With fewer segments than the recorder makes: the last ones are not used. */
    @Override
    public List<byte[]> seeds() {
        byte[] small = Arrays.copyOf(whole, 64 + 4 * (64 + 2 * 128));
        ByteBuffer.wrap(small).order(ByteOrder.nativeOrder()).putInt(8, 4);
        return List.of(small);
    }

    @Override
    public void read(byte[] input) throws IOException {
        Files.write(flight, input);
        try (FlightRecording recording = FlightRecording.open(flight, pid)) {
            int ignored = recording.read(recording.marks(), frame -> {
                if (frame.bytes().length > 104) {
                    throw new AssertionError(frame.bytes().length + " bytes");
                }
            });
        }
        if (inputs++ % EACH == 0) {
            capture();
        }
    }

    /** All of it, or one switch, which may be one that there is not. */
    private void capture() throws IOException {
        long turn = inputs / EACH;
        OptionalLong only = turn % 2 == 0 ? OptionalLong.empty() : OptionalLong.of(turn % (2L * SWITCHES));
        Path target = captures.get((int) (turn % captures.size()));
        try {
            int frames = FlightCapture.write(cnc.path(), target, only);
            if (!target.equals(capture) || PcapFile.read(capture, LONGEST).size() > frames) {
                throw new AssertionError(frames + " frames are in " + target);
            }
        } catch (IOException e) {
            boolean isSaid = String.valueOf(e.getMessage()).startsWith("--pcap " + target + " cannot be written");
            if (target.equals(capture) || !isSaid) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        cnc.close();
    }
}
