package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.errors.ErrorLogReader;
import org.agrona.concurrent.status.AtomicCounter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CncFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("new/twinport.cnc");
    }

    @Test
    void shouldBelongToItsUserAlone() throws Exception {
        CncFile.create(file).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    }

    @Test
    void shouldRefuseSecondCreatorInSameProcess() {
        CncFile first = CncFile.create(file);
        String message = String.valueOf(
                assertThrows(CncException.class, () -> CncFile.create(file)).getMessage());
        assertTrue(message.startsWith(file + " belongs to a twinport that is running"), message);
        assertTrue(message.contains("--name NAME"), message);
        first.close();
        CncFile.create(file).close();
    }

    @Test
    void shouldRefuseSecondProcessAndKeepFirstOnesData() throws Exception {
        try (CncFile first = CncFile.create(file)) {
            AtomicCounter counter = first.counters().newCounter("mine");
            counter.setRelease(17);
            ChildJvm.Result child = new ChildJvm().run(CncChildMain.class, file.toString());
            assertTrue(child.value("refused").startsWith(file + " belongs to a twinport that is running"));
            assertEquals(List.of("mine=17"), countersIn(CncFile.read(file)));
        }
    }

    @Test
    void shouldBeReadWhileItsProcessRuns() {
        try (CncFile cnc = CncFile.create(file)) {
            AtomicCounter counter = cnc.counters().newCounter("frames");
            CncFile.Reading reading = CncFile.read(file);
            assertEquals(ProcessHandle.current().pid(), reading.pid());
            counter.setRelease(1);
            assertEquals(List.of("frames=1"), countersIn(reading));
            counter.setRelease(2);
            assertEquals(List.of("frames=2"), countersIn(reading));
        }
    }

    @Test
    void shouldBeReadAfterItsProcessHasDied() throws Exception {
        ChildJvm.Result child = new ChildJvm().run(CncChildMain.class, file.toString());
        assertEquals(9, child.exitCode(), child::toString);

        CncFile.Reading reading = CncFile.read(file);

        assertEquals(Long.parseLong(child.value("pid")), reading.pid());
        assertEquals(List.of("frames=" + CncChildMain.COUNT), countersIn(reading));
        List<String> errors = new ArrayList<>();
        ErrorLogReader.read(reading.errors(), (count, first, last, error) -> errors.add(count + " " + error));
        assertEquals(1, errors.size());
        assertTrue(errors.getFirst().startsWith("1 java.lang.IllegalStateException: the last words"), errors::toString);
    }

    @Test
    void shouldStartAnewOverFileOfDeadProcess() throws Exception {
        new ChildJvm().run(CncChildMain.class, file.toString());
        try (CncFile cnc = CncFile.create(file)) {
            assertEquals(List.of(), countersIn(CncFile.read(file)));
            assertEquals(0, cnc.events().size());
        }
    }

    @Test
    void shouldHaveCommandRingForEachLoop() {
        try (CncFile cnc = CncFile.create(file)) {
            for (int loop = 0; loop < CncLayout.LOOPS; loop++) {
                Command.send(cnc.commands(loop), Command.LEAVE, loop, 1, 0);
            }
            for (int loop = 0; loop < CncLayout.LOOPS; loop++) {
                int expected = loop;
                int read = cnc.commands(loop)
                        .read((type, buffer, index, length) -> assertEquals(expected, Command.member(buffer, index)));
                assertEquals(1, read);
            }
        }
    }

    /** A later twinport may be told by an earlier one why it cannot be read, and the other way round. */
    @Test
    void shouldSayWhichVersionAFileIsOf() throws Exception {
        try (CncFile cnc = CncFile.create(file)) {
            assertEquals(file, cnc.file());
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] = 99;
        for (int length : new int[] {bytes.length, bytes.length / 2}) {
            Path other = Files.write(folder.resolve("other"), Arrays.copyOf(bytes, length));
            String message = String.valueOf(
                    assertThrows(CncException.class, () -> CncFile.read(other)).getMessage());
            assertTrue(message.contains("of version 99, and this twinport reads version"), message);
        }
    }

    @Test
    void shouldRefuseToReadWhatIsNoSuchFile() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "hello");
        Path zeros = Files.write(folder.resolve("zeros"), new byte[CncLayout.LENGTH]);
        for (Path other : List.of(text, zeros)) {
            String message = String.valueOf(
                    assertThrows(CncException.class, () -> CncFile.read(other)).getMessage());
            assertTrue(message.startsWith(other + " is no twinport.cnc."), message);
        }
        assertTrue(String.valueOf(assertThrows(CncException.class, () -> CncFile.read(folder))
                        .getMessage())
                .startsWith(folder + " is no file"));
        CncException missing = assertThrows(CncException.class, () -> CncFile.read(folder.resolve("missing")));
        assertTrue(String.valueOf(missing.getMessage()).startsWith(folder.resolve("missing") + " does not exist"));
    }

    @Test
    void shouldSayWhereItCannotWrite() throws Exception {
        Path noFolder = Files.writeString(folder.resolve("file"), "");
        CncException e = assertThrows(CncException.class, () -> CncFile.create(noFolder.resolve("twinport.cnc")));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(noFolder.resolve("twinport.cnc") + " cannot be written"), message);
        assertTrue(message.endsWith("--cnc-dir DIR."), message);
    }

    private static List<String> countersIn(CncFile.Reading reading) {
        List<String> counters = new ArrayList<>();
        reading.counters().forEach((value, id, label) -> counters.add(label + "=" + value));
        return counters;
    }
}
