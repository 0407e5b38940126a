package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegularFileTest {
    @TempDir
    private Path folder;

    private static String reason(Path file, int most) {
        return FileErrors.reason(assertThrows(IOException.class, () -> RegularFile.read(file, most)));
    }

    @Test
    void shouldReadWhatAFileHolds() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, RegularFile.read(file, 3));
        assertEquals("it has 3 bytes, and at most 2 are read", reason(file, 2));
        assertArrayEquals(new byte[0], RegularFile.read(Files.createFile(folder.resolve("empty")), 0));
    }

    @Test
    void shouldSayWhatIsNoFile() throws IOException {
        assertEquals("it is a folder", reason(folder, 1));
        assertEquals("it is a device", reason(Path.of("/dev/zero"), 1));
        assertEquals("there is no such file or folder", reason(folder.resolve("none"), 1));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("none"));
        assertEquals("it is a link that leads to no file", reason(link, 1));
    }

    /** One that another process cuts short at this moment has what it has. */
    @Test
    void shouldStopWhereAFileEnds() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[10]);
        try (FileChannel reader = RegularFile.open(file);
                FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertEquals(10, RegularFile.fill(reader, 0, ByteBuffer.allocate(20)));
            writer.truncate(4);
            assertEquals(4, RegularFile.fill(reader, 0, ByteBuffer.allocate(10)));
            assertEquals(0, RegularFile.fill(reader, 8, ByteBuffer.allocate(10)));
        }
    }

    /** The kernel's log has no bytes, and its reader waits for the next message. */
    @Test
    void shouldNotWaitForWhatAFileMayGet() throws IOException {
        try (FileChannel log = RegularFile.open(Path.of("/proc/kmsg"))) {
            ByteBuffer buffer = ByteBuffer.allocate(10);
            assertEquals(0, assertTimeoutPreemptively(Duration.ofSeconds(10), () -> RegularFile.fill(log, 0, buffer)));
            assertEquals(10, buffer.remaining());
        }
    }

    /** From any offset, behind what is in the buffer already. */
    @Test
    void shouldFillTheRestOfABuffer() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3, 4, 5});
        try (FileChannel reader = RegularFile.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(4).put((byte) 9);
            assertEquals(3, RegularFile.fill(reader, 1, buffer));
            assertArrayEquals(new byte[] {9, 2, 3, 4}, buffer.array());
            buffer.clear().position(2);
            assertEquals(1, RegularFile.fill(reader, 4, buffer));
            assertArrayEquals(new byte[] {9, 2, 5, 4}, buffer.array());
        }
    }
}
