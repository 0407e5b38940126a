package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
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
            assertEquals(List.of("mine=17"), countersIn(CncReading.read(file)));
        }
    }

    @Test
    void shouldBeReadWhileItsProcessRuns() {
        try (CncFile cnc = CncFile.create(file)) {
            AtomicCounter counter = cnc.counters().newCounter("frames");
            assertEquals(ProcessHandle.current().pid(), CncReading.read(file).pid());
            counter.setRelease(1);
            CncReading first = CncReading.read(file);
            counter.setRelease(2);
            assertEquals(List.of("frames=1"), countersIn(first));
            assertEquals(List.of("frames=2"), countersIn(CncReading.read(file)));
            assertEquals(List.of("frames=2"), countersIn(cnc.reading()));
        }
    }

    @Test
    void shouldBeReadAfterItsProcessHasDied() throws Exception {
        ChildJvm.Result child = new ChildJvm().run(CncChildMain.class, file.toString());
        assertEquals(9, child.exitCode(), child::toString);

        CncReading reading = CncReading.read(file);

        assertEquals(Long.parseLong(child.value("pid")), reading.pid());
        assertEquals(List.of("frames=" + CncChildMain.COUNT), countersIn(reading));
        List<String> errors = reading.errors();
        assertEquals(1, errors.size());
        assertTrue(
                errors.getFirst().startsWith("1 times: java.lang.IllegalStateException: the last words"),
                errors::toString);
    }

    @Test
    void shouldStartAnewOverFileOfDeadProcess() throws Exception {
        new ChildJvm().run(CncChildMain.class, file.toString());
        try (CncFile cnc = CncFile.create(file)) {
            assertEquals(List.of(), countersIn(CncReading.read(file)));
            assertEquals(0, cnc.events().size());
        }
    }

    @Test
    void shouldHaveCommandRingForEachLoop() {
        try (CncFile cnc = CncFile.create(file)) {
            for (int loop = 0; loop < CncLayout.LOOPS; loop++) {
                CommandLayout.send(cnc.commands(loop), CommandLayout.LEAVE, loop, 1, 0);
            }
            for (int loop = 0; loop < CncLayout.LOOPS; loop++) {
                int expected = loop;
                int read = cnc.commands(loop)
                        .read((type, buffer, index, length) ->
                                assertEquals(expected, CommandLayout.queue(buffer, index)));
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
            String message = String.valueOf(assertThrows(CncException.class, () -> CncReading.read(other))
                    .getMessage());
            assertTrue(message.contains("of version 99, and this twinport reads version"), message);
        }
    }

    @Test
    void shouldRefuseToReadWhatIsNoSuchFile() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "hello");
        Path zeros = Files.write(folder.resolve("zeros"), new byte[CncLayout.LENGTH]);
        for (Path other : List.of(text, zeros)) {
            String message = String.valueOf(assertThrows(CncException.class, () -> CncReading.read(other))
                    .getMessage());
            assertTrue(message.startsWith(other + " is no twinport.cnc."), message);
        }
        assertTrue(String.valueOf(assertThrows(CncException.class, () -> CncReading.read(folder))
                        .getMessage())
                .startsWith(folder + " cannot be read: it is a folder."));
        CncException missing = assertThrows(CncException.class, () -> CncReading.read(folder.resolve("missing")));
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

    private static List<String> countersIn(CncReading reading) {
        return reading.counters().stream()
                .map(counter -> counter.label() + "=" + counter.value())
                .toList();
    }
}
