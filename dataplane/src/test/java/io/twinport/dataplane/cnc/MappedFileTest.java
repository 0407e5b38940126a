package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
    /** No whole number of pages, nor of what is written at a time. */
    private static final int LENGTH = 3 * (1 << 16) + 100;

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("mapped");
    }

    @Test
    void shouldHaveTheContentThatItBeginsWithAndZeros() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = MappedFile.create(file(), LENGTH, arena, begun -> {
                assertFalse(Files.exists(file()), "nobody meets half a file");
                begun.set(ValueLayout.JAVA_BYTE, 1, (byte) 7);
            });
            assertEquals(LENGTH, mapped.byteSize());
            mapped.set(ValueLayout.JAVA_BYTE, LENGTH - 1L, (byte) 8);
        }
        byte[] expected = new byte[LENGTH];
        expected[1] = 7;
        expected[LENGTH - 1] = 8;
        assertArrayEquals(expected, Files.readAllBytes(file()));
    }

    /** Else a write on a full disk would end the process: a hole in the file has no block yet. */
    @Test
    void shouldHaveAllItsSpaceBeforeItIsWritten() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MappedFile.create(file(), LENGTH, arena, begun -> {});
        }
        Process stat = new ProcessBuilder("stat", "--format=%b", file().toString()).start();
        String blocks = new String(stat.getInputStream().readAllBytes()).strip();
        assertTrue(Long.parseLong(blocks) * 512 >= LENGTH, () -> blocks + " blocks of 512 bytes");
    }

    @Test
    void shouldLeaveTheEarlierFileToItsReaders() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment earlier =
                    MappedFile.create(file(), LENGTH, arena, begun -> begun.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
            MappedFile.create(file(), 10, arena, begun -> begun.set(ValueLayout.JAVA_BYTE, 0, (byte) 2));
            assertEquals(1, earlier.get(ValueLayout.JAVA_BYTE, 0));
            assertEquals(0, earlier.get(ValueLayout.JAVA_BYTE, LENGTH - 1L));
            assertEquals(2, Files.readAllBytes(file())[0]);
        }
    }

    /** Its maker was killed before it had its name. */
    @Test
    void shouldStartAnewOverAnUnfinishedFile() throws IOException {
        Files.writeString(MappedFile.unfinished(file()), "left behind");
        try (Arena arena = Arena.ofConfined()) {
            MappedFile.create(file(), 4, arena, begun -> {});
        }
        assertArrayEquals(new byte[4], Files.readAllBytes(file()));
        assertFalse(Files.exists(MappedFile.unfinished(file())));
    }

    @Test
    void shouldLeaveNothingWhereItCannotBeMade() throws IOException {
        Files.createDirectories(file().resolve("in the way"));
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(IOException.class, () -> MappedFile.create(file(), LENGTH, arena, begun -> {}));
        }
        assertFalse(Files.exists(MappedFile.unfinished(file())));
        assertTrue(Files.exists(file().resolve("in the way")));
    }
}
