package io.twinport.control.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Read by other rules than it was written by: those of {@link PcapngBlocks} and {@link PcapFile}. */
class PcapngWriterTest {
    private static final long NANOS = 1_767_323_045_123_456_789L;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private PcapngBlocks blocks() {
        return PcapngBlocks.of(out.toByteArray());
    }

    @Test
    void shouldWriteInterfacesFramesAndWhatWasMissed() throws IOException {
        try (PcapngWriter writer = new PcapngWriter(out, List.of("primary", "x"))) {
            writer.write(0, NANOS, new byte[] {1, 2, 3}, 1514, true, "");
            writer.write(1, NANOS + 1, new byte[] {4}, 1, false, "switch 1");
            writer.writeStatistics(1, NANOS, 17);
        }
        PcapngBlocks blocks = blocks();
        assertEquals(List.of("primary", "x"), blocks.interfaces());
        assertEquals(2, blocks.frames());
        assertEquals(1, blocks.framesOf(0, 1, 3, 1514));
        assertEquals(1, blocks.framesOf(1, 2, 1, 1));
        assertEquals(List.of(NANOS, NANOS + 1), blocks.nanos());
        assertEquals(List.of("switch 1"), blocks.comments());
        assertEquals(1, blocks.statistics());
        assertEquals(17, blocks.missed());
    }

    @Test
    void shouldHoldTheBytesOfTheFrames() throws IOException {
        byte[] odd = {1, 2, 3, 4, 5};
        try (PcapngWriter writer = new PcapngWriter(out, List.of("a"))) {
            writer.write(0, NANOS, odd, odd.length, true, "a comment between");
            writer.write(0, NANOS, new byte[] {6}, 1, true, "");
        }
        List<byte[]> frames = PcapFile.read(Files.write(folder.resolve("file"), out.toByteArray()), 100);
        assertArrayEquals(odd, frames.getFirst());
        assertArrayEquals(new byte[] {6}, frames.getLast());
    }

    @Test
    void shouldCutCommentsThatNobodyReadsToTheirEnd() throws IOException {
        try (PcapngWriter writer = new PcapngWriter(out, List.of("a"))) {
            writer.write(0, NANOS, new byte[1], 1, true, "x".repeat(1000));
            writer.write(0, NANOS, new byte[1], 1, true, "y".repeat(1001));
        }
        assertEquals(List.of("x".repeat(1000), "y".repeat(1000)), blocks().comments());
    }

    /** Somebody reads along, through a pipe. */
    @Test
    void shouldHaveAllReadOnceFlushed() throws IOException {
        try (PcapngWriter writer = new PcapngWriter(out, List.of("a"))) {
            writer.write(0, NANOS, new byte[1], 1, true, "");
            writer.flush();
            assertEquals(1, blocks().frames());
        }
    }

    @Test
    void shouldCloseWhatItWritesTo() throws IOException {
        OutputStream closed = Files.newOutputStream(folder.resolve("file"));
        new PcapngWriter(closed, List.of()).close();
        assertThrows(IOException.class, () -> closed.write(1));
        assertTrue(Files.size(folder.resolve("file")) > 0);
    }
}
