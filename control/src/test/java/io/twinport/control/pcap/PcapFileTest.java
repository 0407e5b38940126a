package io.twinport.control.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapFileTest {
    private static final byte[] FIRST = {1, 2, 3, 4, 5};
    private static final byte[] SECOND = {6, 7, 8};

    @TempDir
    private Path folder;

    private Path write(ByteBuffer bytes) throws IOException {
        byte[] written = new byte[bytes.position()];
        bytes.get(0, written);
        return Files.write(folder.resolve("capture"), written);
    }

    private static ByteBuffer pcap(int magic, ByteOrder order) {
        ByteBuffer bytes = ByteBuffer.allocate(1000).order(order);
        bytes.putInt(magic).putShort((short) 2).putShort((short) 4);
        bytes.putInt(0).putInt(0).putInt(65535).putInt(1);
        for (byte[] frame : List.of(FIRST, SECOND)) {
            bytes.putInt(1).putInt(2).putInt(frame.length).putInt(frame.length).put(frame);
        }
        return bytes;
    }

    private static void assertFrames(List<byte[]> frames) {
        assertEquals(2, frames.size());
        assertArrayEquals(FIRST, frames.get(0));
        assertArrayEquals(SECOND, frames.get(1));
    }

    @Test
    void shouldReadPcapOfBothByteOrdersAndResolutions() throws IOException {
        for (int magic : new int[] {0xa1b2c3d4, 0xa1b23c4d}) {
            assertFrames(PcapFile.read(write(pcap(magic, ByteOrder.LITTLE_ENDIAN)), 100));
            assertFrames(PcapFile.read(write(pcap(magic, ByteOrder.BIG_ENDIAN)), 100));
        }
    }

    @Test
    void shouldReadPcapng() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putInt(1)
                .putLong(-1)
                .putInt(28);
        bytes.putInt(1).putInt(20).putInt(1).putInt(0).putInt(20); // interface description
        bytes.putInt(6)
                .putInt(40)
                .putInt(0)
                .putLong(0)
                .putInt(5)
                .putInt(5)
                .put(FIRST)
                .put(new byte[3])
                .putInt(40);
        bytes.putInt(5).putInt(12).putInt(12); // a block that we need not know
        bytes.putInt(3).putInt(20).putInt(3).put(SECOND).put(new byte[1]).putInt(20);
        assertFrames(PcapFile.read(write(bytes), 100));
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        assertMessage("neither pcap nor pcapng", ByteBuffer.allocate(100).put(new byte[40]));
        assertMessage(
                "holds no frames", pcap(0xa1b2c3d4, ByteOrder.LITTLE_ENDIAN).position(24));
        assertMessage(
                "cut short at byte 40",
                pcap(0xa1b2c3d4, ByteOrder.LITTLE_ENDIAN).position(42));
        assertMessage("damaged", pcap(0xa1b2c3d4, ByteOrder.LITTLE_ENDIAN).putInt(32, -1));
        assertMessage(
                "damaged", ByteBuffer.allocate(100).putInt(0x0a0d0d0a).putInt(0).put(new byte[32]));
        UserException missing = assertThrows(UserException.class, () -> PcapFile.read(folder.resolve("none"), 100));
        assertTrue(missing.toString().contains("cannot be read"), missing::toString);
    }

    @Test
    void shouldRefuseFramesThatWouldHaveToBeCut() throws IOException {
        Path file = write(pcap(0xa1b2c3d4, ByteOrder.LITTLE_ENDIAN));
        UserException e = assertThrows(UserException.class, () -> PcapFile.read(file, 4));
        assertTrue(e.toString().contains("frame 1 has 5 bytes"), e::toString);
    }

    private void assertMessage(String part, ByteBuffer content) throws IOException {
        Path file = write(content);
        UserException e = assertThrows(UserException.class, () -> PcapFile.read(file, 100));
        assertTrue(e.toString().contains(part), e::toString);
        assertTrue(e.toString().contains(file.toString()), e::toString);
    }

    private static ByteBuffer pcapng(ByteOrder order) {
        return ByteBuffer.allocate(1000)
                .order(order)
                .putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putInt(1)
                .putLong(-1)
                .putInt(28);
    }

    private static void putSimple(ByteBuffer bytes, int length, byte[] captured) {
        int block = 16 + captured.length;
        bytes.putInt(3).putInt(block).putInt(length).put(captured).putInt(block);
    }

    /** Files may be put together with cat, each part in its own byte order. */
    @Test
    void shouldReadEachSectionInItsByteOrder() throws IOException {
        ByteBuffer bytes = pcapng(ByteOrder.BIG_ENDIAN);
        putSimple(bytes, 4, new byte[] {1, 2, 3, 4});
        ByteBuffer little = pcapng(ByteOrder.LITTLE_ENDIAN);
        putSimple(little, 4, new byte[] {5, 6, 7, 8});
        bytes.put(little.flip());
        List<byte[]> frames = PcapFile.read(write(bytes), 4);
        assertArrayEquals(new byte[] {1, 2, 3, 4}, frames.get(0));
        assertArrayEquals(new byte[] {5, 6, 7, 8}, frames.get(1));
    }

    /** A simple block says how long the frame was, and not how much of it there is. */
    @Test
    void shouldReadWhatThereIsOfAFrameThatWasCut() throws IOException {
        ByteBuffer bytes = pcapng(ByteOrder.LITTLE_ENDIAN);
        putSimple(bytes, 1514, new byte[] {1, 2, 3, 4});
        assertArrayEquals(
                new byte[] {1, 2, 3, 4}, PcapFile.read(write(bytes), 4).getFirst());
    }

    @Test
    void shouldSayWhereABlockCannotBe() throws IOException {
        ByteBuffer cut = pcapng(ByteOrder.LITTLE_ENDIAN);
        putSimple(cut, 4, new byte[4]);
        assertMessage("damaged or cut short at byte 28.", cut.position(cut.position() - 1));
        assertMessage(
                "damaged or cut short at byte 28.",
                pcapng(ByteOrder.LITTLE_ENDIAN).putInt(3).putInt(12));
        ByteBuffer tooShort = pcapng(ByteOrder.LITTLE_ENDIAN);
        tooShort.putInt(6).putInt(28).put(new byte[16]).putInt(28);
        assertMessage("damaged or cut short at byte 28.", tooShort);
        ByteBuffer beyond = pcapng(ByteOrder.LITTLE_ENDIAN);
        beyond.putInt(6).putInt(32).putInt(0).putLong(0).putInt(1).putInt(1).putInt(32);
        assertMessage("damaged or cut short at byte 56.", beyond);
        ByteBuffer negative = pcapng(ByteOrder.LITTLE_ENDIAN);
        putSimple(negative, -1, new byte[4]);
        assertMessage("damaged or cut short at byte 40.", negative);
    }

    @Test
    void shouldTellFramesByTheirNumbers() throws IOException {
        ByteBuffer bytes = pcap(0xa1b2c3d4, ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(1).putInt(2).putInt(6).putInt(6).put(new byte[6]);
        Path file = write(bytes);
        UserException e = assertThrows(UserException.class, () -> PcapFile.read(file, 5));
        assertTrue(e.toString().contains("frame 3 has 6 bytes, and the demo carries at most 5"), e::toString);
    }

    @Test
    void shouldSayThatThereAreTooManyFrames() throws IOException {
        ByteBuffer header = pcap(0xa1b2c3d4, ByteOrder.LITTLE_ENDIAN).flip().limit(24);
        for (int count : new int[] {100_000, 100_001}) {
            Path file = write(
                    ByteBuffer.allocate(24 + 16 * count).put(header.rewind()).position(24 + 16 * count));
            if (count == 100_000) {
                assertEquals(count, PcapFile.read(file, 5).size());
            } else {
                UserException e = assertThrows(UserException.class, () -> PcapFile.read(file, 5));
                assertTrue(e.toString().contains("has more than 100000 frames"), e::toString);
            }
        }
    }

    @Test
    void shouldFindNoFramesInALittle() throws IOException {
        assertMessage("holds no frames", ByteBuffer.allocate(23).position(23));
        assertMessage("neither pcap nor pcapng", ByteBuffer.allocate(24).position(24));
    }
}
