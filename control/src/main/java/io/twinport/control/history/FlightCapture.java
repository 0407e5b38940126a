package io.twinport.control.history;

import io.twinport.control.OutputFile;
import io.twinport.control.UserException;
import io.twinport.control.pcap.PcapngWriter;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.failover.PolicyText;
import io.twinport.dataplane.failover.SwitchLog;
import io.twinport.dataplane.failover.SwitchRecord;
import io.twinport.dataplane.flight.FlightRecorder;
import io.twinport.dataplane.flight.FlightRecording;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the flight recorder has kept, as a pcapng file: an interface for each side, directions, each switch as a comment. */
public final class FlightCapture {
    private static final long MILLI = 1_000_000L;

    private static final List<String> INTERFACES = Stream.of(Sides.NONE, Sides.PRIMARY, Sides.STANDBY)
            .map(PolicyText::side)
            .toList();

    private FlightCapture() {}

    /**
     * Writes it, for this user alone.
     *
     * @param cnc the {@code twinport.cnc} beside which the recording is
     * @param only the switch whose frames are wanted, empty for all
     * @return how many frames were written
     * @throws UserException if there is no such switch on record
     * @throws IOException if the file cannot be written; then there is none
     */
    public static int write(Path cnc, Path target, OptionalLong only) throws IOException {
        CncReading reading = CncReading.read(cnc);
        try (FlightRecording recording = FlightRecording.open(FlightRecorder.beside(cnc), reading.pid())) {
            List<FlightRecording.Mark> marks = recording.marks().stream()
                    .filter(mark -> only.isEmpty() || mark.sequence() == only.getAsLong())
                    .toList();
            if (only.isPresent() && marks.isEmpty()) {
                throw new UserException("--switch " + only.getAsLong()
                        + ": the recording has no frames of that switch. Those that it has: "
                        + known(recording.marks()));
            }
            Map<Long, String> comments = comments(marks, new SwitchLog(reading.switchRecords()).records());
            long epoch = reading.startMillis() * MILLI - reading.startNanos();
            try (PcapngWriter writer = new PcapngWriter(OutputFile.openPrivate(target), INTERFACES)) {
                return recording.read(
                        marks,
                        frame -> writer.write(
                                INTERFACES.indexOf(PolicyText.side(frame.side())),
                                frame.nanos() + epoch,
                                frame.bytes(),
                                frame.length(),
                                frame.received(),
                                comments.getOrDefault(frame.number(), "")));
            } catch (IOException e) {
                OutputFile.discard(target);
                throw OutputFile.failure("--pcap", target, e);
            }
        }
    }

    private static String known(List<FlightRecording.Mark> marks) {
        return marks.isEmpty()
                ? "none yet."
                : marks.getFirst().sequence() + " to " + marks.getLast().sequence() + ".";
    }

    /** What the first frame after each switch says. */
    private static Map<Long, String> comments(List<FlightRecording.Mark> marks, List<SwitchRecord> records) {
        Map<Long, String> comments = new HashMap<>();
        for (FlightRecording.Mark mark : marks) {
            records.stream()
                    .filter(record -> record.port() == mark.port() && record.sequence() == mark.sequence())
                    .forEach(record -> comments.merge(
                            mark.firstAfter(),
                            "switch " + record.sequence() + ": " + PolicyText.side(record.from()) + " -> "
                                    + PolicyText.side(record.to()) + ", " + record.causeText(),
                            (first, second) -> first + "; " + second));
        }
        return comments;
    }
}
