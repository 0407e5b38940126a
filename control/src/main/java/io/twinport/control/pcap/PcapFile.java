package io.twinport.control.pcap;

import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the frames of a capture: pcap in both byte orders and resolutions, and pcapng. */
public final class PcapFile {
    /** All of it is kept in memory, twice. */
    private static final int LONGEST = 16 << 20;

    private static final int MOST_FRAMES = 100_000;
    private static final int PCAP_MICROS = 0xa1b2c3d4;
    private static final int PCAP_NANOS = 0xa1b23c4d;
    private static final int PCAP_HEADER = 24;
    private static final int PCAP_RECORD = 16;
    private static final int SECTION_BLOCK = 0x0a0d0d0a;
    private static final int SIMPLE_BLOCK = 3;
    private static final int ENHANCED_BLOCK = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int BLOCK_OVERHEAD = 12;
    private static final int SIMPLE_OVERHEAD = 16;
    private static final int ENHANCED_OVERHEAD = 32;

    private PcapFile() {}

    /**
     * The frames, in order.
     *
     * @param longest longer frames are an error: they would have to be cut
     * @throws UserException if the file cannot be read, is no capture or has no frame
     */
    public static List<byte[]> read(Path file, int longest) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(RegularFile.read(file, LONGEST));
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
            throw new UserException(
                    "--pcap " + file + " cannot be read: " + FileErrors.reason(e) + ". Give a capture of "
                            + (LONGEST >> 20) + " MiB at most (editcap -r keeps a part of one).",
                    e);
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
        for (int at = PCAP_HEADER; at < bytes.limit(); ) {
            if (bytes.limit() - at < PCAP_RECORD) {
                throw damaged(file, at);
            }
            int length = bytes.getInt(at + 8);
            add(frames, file, cut(file, bytes, at + PCAP_RECORD, length, bytes.limit()));
            at += PCAP_RECORD + length;
        }
        return frames;
    }

    private static List<byte[]> pcapng(Path file, ByteBuffer bytes) {
        List<byte[]> frames = new ArrayList<>();
        for (int at = 0; at < bytes.limit(); ) {
            int left = bytes.limit() - at;
            if (left < BLOCK_OVERHEAD) {
                throw damaged(file, at);
            }
            int type = bytes.getInt(at);
            if (type == SECTION_BLOCK) {
                bytes.order(ByteOrder.BIG_ENDIAN);
                if (bytes.getInt(at + 8) != BYTE_ORDER_MAGIC) {
                    bytes.order(ByteOrder.LITTLE_ENDIAN);
                }
            }
            int length = bytes.getInt(at + 4);
            if (length < overhead(type) || length > left) {
                throw damaged(file, at);
            }
            int end = at + length - Integer.BYTES;
            if (type == ENHANCED_BLOCK) {
                add(frames, file, cut(file, bytes, at + 28, bytes.getInt(at + 20), end));
            } else if (type == SIMPLE_BLOCK) {
                int captured = Math.min(bytes.getInt(at + 8), length - SIMPLE_OVERHEAD);
                add(frames, file, cut(file, bytes, at + 12, captured, end));
            }
            at += length;
        }
        return frames;
    }

    /** Bytes of a block beside a frame: what is less holds none. */
    private static int overhead(int type) {
        return switch (type) {
            case ENHANCED_BLOCK -> ENHANCED_OVERHEAD;
            case SIMPLE_BLOCK -> SIMPLE_OVERHEAD;
            default -> BLOCK_OVERHEAD;
        };
    }

    private static byte[] cut(Path file, ByteBuffer bytes, int at, int length, int end) {
        if (length < 0 || length > end - at) {
            throw damaged(file, at);
        }
        byte[] frame = new byte[length];
        bytes.get(at, frame);
        return frame;
    }

    private static void add(List<byte[]> frames, Path file, byte[] frame) {
        if (frames.size() == MOST_FRAMES) {
            throw new UserException("--pcap " + file + " has more than " + MOST_FRAMES
                    + " frames. Leave some out (editcap -r FILE OUT 1-" + MOST_FRAMES + ").");
        }
        frames.add(frame);
    }

    private static UserException damaged(Path file, int at) {
        return new UserException("--pcap " + file + " is damaged or cut short at byte " + at
                + ". Capture it again, or repair it (pcapfix, editcap).");
    }
}
