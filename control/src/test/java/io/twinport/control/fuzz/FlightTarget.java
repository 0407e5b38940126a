package io.twinport.control.fuzz;

import io.twinport.control.pcap.FlightCapture;
import io.twinport.dataplane.capture.FlightRecorder;
import io.twinport.dataplane.capture.FlightRecording;
import io.twinport.dataplane.capture.SampleRecordings;
import io.twinport.dataplane.cnc.CncFile;
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
    private static final int EACH = 64;

    private final ScratchFile cnc = ScratchFile.create("some.cnc");
    private final Path flight = FlightRecorder.beside(cnc.path());
    private final Path capture = cnc.path().resolveSibling("frames");
    private final long pid = ProcessHandle.current().pid();
    private final byte[] whole;
    private long inputs;

    FlightTarget() throws IOException {
        CncFile.create(cnc.path()).close();
        SampleRecordings.make(flight, 1, 3);
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
            int ignored = FlightCapture.write(cnc.path(), capture, OptionalLong.empty());
        }
    }

    @Override
    public void close() {
        cnc.close();
    }
}
