package io.twinport.control.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.dataplane.capture.FlightRecorder;
import io.twinport.dataplane.capture.SampleRecordings;
import io.twinport.dataplane.cnc.CncFile;
import io.twinport.dataplane.cnc.SampleLogs;
import io.twinport.dataplane.cnc.SwitchRecords;
import io.twinport.dataplane.policy.FailoverPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightCaptureTest {
    private static final int FRAMES = 6;
    private static final int SWITCHES = 3;
    private static final int AROUND_EACH = 2 * FRAMES;

    @TempDir
    private Path folder;

    private Path cnc;
    private Path target;
    private CncFile file;

    @BeforeEach
    void create() {
        cnc = folder.resolve("twinport.cnc");
        target = folder.resolve("capture");
        file = CncFile.create(cnc);
    }

    @AfterEach
    void close() {
        file.close();
    }

    /** Each three times the frames after the one before: none is around two of them. */
    private void record() {
        SampleRecordings.make(FlightRecorder.beside(cnc), FRAMES, SWITCHES);
        for (int i = 1; i <= SWITCHES; i++) {
            SampleLogs.add(
                    file.switchRecords(),
                    SwitchRecords.unplanned(0, i, 1, 2, FailoverPolicy.PRIMARY_LINK_DOWN, 0, 1, 1, 0),
                    SwitchRecords.unplanned(7, i, 2, 1, FailoverPolicy.PRIMARY_LINK_UP, 0, 1, 1, 0));
        }
    }

    private int write(OptionalLong only) throws IOException {
        return FlightCapture.write(cnc, target, only);
    }

    private PcapngBlocks blocks() throws IOException {
        return PcapngBlocks.of(Files.readAllBytes(target));
    }

    @Test
    void shouldWriteTheFramesAroundAllSwitches() throws IOException {
        record();
        // The last switch has no frames after it.
        assertEquals((SWITCHES - 1) * AROUND_EACH + FRAMES, write(OptionalLong.empty()));
        PcapngBlocks blocks = blocks();
        assertEquals((SWITCHES - 1) * AROUND_EACH + FRAMES, blocks.frames());
        assertEquals(List.of("none", "primary", "standby"), blocks.interfaces());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
        assertEquals(
                List.of(
                        "switch 1: primary -> standby, primary link down",
                        "switch 2: primary -> standby, primary link down"),
                blocks.comments(),
                "those of the recorded port, each at the first frame after its switch");
    }

    /** Samples go by all sides in turn, every other one received. */
    @Test
    void shouldTellSideDirectionAndLengthOfAFrame() throws IOException {
        record();
        write(OptionalLong.of(1));
        PcapngBlocks blocks = blocks();
        for (int side = 0; side < 3; side++) {
            assertEquals(AROUND_EACH / 6, blocks.framesOf(side, 1, 60, 1514), "received by " + side);
            assertEquals(AROUND_EACH / 6, blocks.framesOf(side, 2, 60, 1514), "sent by " + side);
        }
    }

    @Test
    void shouldGiveTheTimeOfDayOfAFrame() throws IOException {
        long before = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - 1000);
        record();
        write(OptionalLong.empty());
        long after = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() + 1000);
        for (long nanos : blocks().nanos()) {
            assertTrue(nanos > before && nanos < after, () -> before + " < " + nanos + " < " + after);
        }
    }

    @Test
    void shouldWriteTheFramesAroundOneSwitch() throws IOException {
        record();
        assertEquals(AROUND_EACH, write(OptionalLong.of(2)));
        assertEquals(List.of("switch 2: primary -> standby, primary link down"), blocks().comments());
    }

    @Test
    void shouldSayWhichSwitchesThereAre() {
        record();
        UserException e = assertThrows(UserException.class, () -> write(OptionalLong.of(99)));
        assertEquals(
                "--switch 99: the recording has no frames of that switch. Those that it has: 1 to 3.", e.getMessage());
        assertFalse(Files.exists(target));
        SampleRecordings.make(FlightRecorder.beside(cnc), FRAMES, 0);
        UserException none = assertThrows(UserException.class, () -> write(OptionalLong.of(1)));
        assertTrue(String.valueOf(none.getMessage()).endsWith("Those that it has: none yet."), none::getMessage);
    }

    @Test
    void shouldSayWhyNothingCanBeWritten() throws IOException {
        record();
        target = folder.resolve("none/capture");
        IOException nowhere = assertThrows(IOException.class, () -> write(OptionalLong.empty()));
        assertEquals("--pcap " + target + " cannot be written: there is no such file or folder.", nowhere.getMessage());
        target = Files.createDirectory(folder.resolve("folder"));
        assertThrows(IOException.class, () -> write(OptionalLong.empty()));
        assertTrue(Files.isDirectory(target), "only a file that was begun is deleted");
    }
}
