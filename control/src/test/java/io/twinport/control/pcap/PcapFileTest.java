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
}
