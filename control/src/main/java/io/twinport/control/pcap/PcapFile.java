package io.twinport.control.pcap;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the frames of a capture: pcap in both byte orders and resolutions, and pcapng. */
public final class PcapFile {
    private static final int PCAP_MICROS = 0xa1b2c3d4;
    private static final int PCAP_NANOS = 0xa1b23c4d;
    private static final int PCAP_HEADER = 24;
    private static final int PCAP_RECORD = 16;
    private static final int SECTION_BLOCK = 0x0a0d0d0a;
    private static final int SIMPLE_BLOCK = 3;
    private static final int ENHANCED_BLOCK = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int BLOCK_OVERHEAD = 12;

    private PcapFile() {}

    /**
     * The frames, in order.
     *
     * @param longest longer frames are an error: they would have to be cut
     * @throws UserException if the file cannot be read, is no capture or has no frame
     */
    public static List<byte[]> read(Path file, int longest) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            List<byte[]> frames = bytes.remaining() < PCAP_HEADER ? List.of() : frames(file, bytes);
            if (frames.isEmpty()) {
                throw new UserException("--pcap " + file + " holds no frames. Give a pcap or pcapng file with some.");
            }
            for (int i = 0; i < frames.size(); i++) {
                if (frames.get(i).length > longest) {
                    throw new UserException("--pcap " + file + ": frame " + (i + 1) + " has " + frames.get(i).length
                            + " bytes, and the demo carries at most " + longest
                            + ". Leave it out (editcap), or cut it (editcap -s " + longest + ").");
                }
            }
            return frames;
        } catch (IOException e) {
            throw new UserException("--pcap " + file + " cannot be read: " + e + ". Give a file that exists.", e);
        }
    }

    private static List<byte[]> frames(Path file, ByteBuffer bytes) {
        int magic = bytes.getInt(0);
        if (magic == SECTION_BLOCK) {
            return pcapng(file, bytes);
        }
        int swapped = Integer.reverseBytes(magic);
        if (magic == PCAP_MICROS || magic == PCAP_NANOS) {
            return pcap(file, bytes.order(ByteOrder.BIG_ENDIAN));
        }
        if (swapped == PCAP_MICROS || swapped == PCAP_NANOS) {
            return pcap(file, bytes.order(ByteOrder.LITTLE_ENDIAN));
        }
        throw new UserException("--pcap " + file + " is neither pcap nor pcapng. Give a capture file.");
    }

    private static List<byte[]> pcap(Path file, ByteBuffer bytes) {
        List<byte[]> frames = new ArrayList<>();
        for (int at = PCAP_HEADER; at + PCAP_RECORD <= bytes.limit(); ) {
            int length = bytes.getInt(at + 8);
            frames.add(cut(file, bytes, at + PCAP_RECORD, length));
            at += PCAP_RECORD + length;
        }
        return frames;
    }

    private static List<byte[]> pcapng(Path file, ByteBuffer bytes) {
        List<byte[]> frames = new ArrayList<>();
        for (int at = 0; at + BLOCK_OVERHEAD <= bytes.limit(); ) {
            if (bytes.getInt(at) == SECTION_BLOCK) {
                bytes.order(ByteOrder.BIG_ENDIAN);
                if (bytes.getInt(at + 8) != BYTE_ORDER_MAGIC) {
                    bytes.order(ByteOrder.LITTLE_ENDIAN);
                }
            }
            int type = bytes.getInt(at);
            int length = bytes.getInt(at + 4);
            if (length < BLOCK_OVERHEAD || length > bytes.limit() - at) {
                throw damaged(file, at);
            }
            if (type == ENHANCED_BLOCK) {
                frames.add(cut(file, bytes, at + 28, bytes.getInt(at + 20)));
            } else if (type == SIMPLE_BLOCK) {
                frames.add(cut(file, bytes, at + 12, Math.min(bytes.getInt(at + 8), length - 16)));
            }
            at += length;
        }
        return frames;
    }

    private static byte[] cut(Path file, ByteBuffer bytes, int at, int length) {
        if (length < 0 || at > bytes.limit() || length > bytes.limit() - at) {
            throw damaged(file, at);
        }
        byte[] frame = new byte[length];
        bytes.get(at, frame);
        return frame;
    }

    private static UserException damaged(Path file, int at) {
        return new UserException("--pcap " + file + " is damaged or cut short at byte " + at
                + ". Capture it again, or repair it (pcapfix, editcap).");
    }
}
