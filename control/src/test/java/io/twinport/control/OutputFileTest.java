package io.twinport.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    /** Takes nothing, as a full disk does. */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path folder;

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void shouldWriteWhatItIsGiven() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "something longer that was there before");
        OutputFile.write("--json", file, "text\n");
        assertEquals("text\n", Files.readString(file));
    }

    @Test
    void shouldSayWhichOptionsFileCannotBeWritten() {
        Path nowhere = folder.resolve("none/file");
        IOException e = assertThrows(IOException.class, () -> OutputFile.write("--json", nowhere, "text"));
        assertEquals("--json " + nowhere + " cannot be written: there is no such file or folder.", e.getMessage());
    }

    /** What is no regular file is not deleted for that it takes nothing. */
    @Test
    void shouldLeaveADeviceWhereItIs() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("full"), FULL);
        IOException e = assertThrows(IOException.class, () -> OutputFile.write("--json", link, "text"));
        assertTrue(String.valueOf(e.getMessage()).startsWith("--json " + link + " cannot be written: "), e::toString);
        assertTrue(Files.exists(link));
        OutputFile.discard(link);
        assertTrue(Files.exists(link));
    }

    @Test
    void shouldDeleteWhatWasNotWrittenToItsEnd() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "half of");
        OutputFile.discard(file);
        assertFalse(Files.exists(file));
        OutputFile.discard(file); // there is none, and that is well
    }

    /** Frames are nobody else's business, in a file that was there before as well. */
    @Test
    void shouldOpenPrivateFilesForThisUserAlone() throws IOException {
        Path made = folder.resolve("made");
        Path open = Files.writeString(folder.resolve("open"), "something longer");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        for (Path file : new Path[] {made, open}) {
            try (OutputStream out = OutputFile.openPrivate(file)) {
                assertEquals("rw-------", permissions(file));
                out.write('x');
            }
            assertEquals("x", Files.readString(file));
        }
    }
}
