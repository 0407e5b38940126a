package io.twinport.control.pcap;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a pcapng file that tcpdump and Wireshark read: several interfaces with names, nanoseconds, directions, comments.
 */
public final class PcapngWriter implements AutoCloseable {
    private static final int SECTION_BLOCK = 0x0a0d0d0a;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE_BLOCK = 1;
    private static final int STATISTICS_BLOCK = 5;
    private static final int ENHANCED_BLOCK = 6;
    private static final short ETHERNET = 1;
    private static final int LONGEST = 262_144;
    private static final int END_OF_OPTIONS = 0;
    private static final int COMMENT = 1;
    private static final int NAME = 2;
    private static final int FLAGS = 2;
    private static final int DROPPED = 5;
    private static final int TIME_RESOLUTION = 9;
    private static final byte NANOSECONDS = 9;
    private static final int LONGEST_COMMENT = 1000;

    private final OutputStream out;
    private final ByteBuffer block = ByteBuffer.allocate(4096 + LONGEST).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * @param out is closed with this one
     * @param interfaces their names; frames refer to them by index
     */
    public PcapngWriter(OutputStream out, List<String> interfaces) throws IOException {
        this.out = new BufferedOutputStream(out);
        begin(SECTION_BLOCK);
        block.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
        end();
        for (String name : interfaces) {
            begin(INTERFACE_BLOCK);
            block.putShort(ETHERNET).putShort((short) 0).putInt(LONGEST);
            option(NAME, name.getBytes(StandardCharsets.UTF_8));
            option(TIME_RESOLUTION, new byte[] {NANOSECONDS});
            option(END_OF_OPTIONS, new byte[0]);
            end();
        }
    }

    /**
     * Writes a frame.
     *
     * @param nanos since 1970
     * @param bytes the first ones
     * @param length of the whole frame
     * @param inbound false: outbound
     * @param comment empty for none
     */
    public void write(int interfaceIndex, long nanos, byte[] bytes, int length, boolean inbound, String comment)
            throws IOException {
        begin(ENHANCED_BLOCK);
        block.putInt(interfaceIndex).putInt((int) (nanos >>> 32)).putInt((int) nanos);
        block.putInt(bytes.length).putInt(length).put(bytes);
        pad();
        if (!comment.isEmpty()) {
            byte[] text = comment.getBytes(StandardCharsets.UTF_8);
            option(COMMENT, text.length > LONGEST_COMMENT ? Arrays.copyOf(text, LONGEST_COMMENT) : text);
        }
        block.putShort((short) FLAGS).putShort((short) Integer.BYTES).putInt(inbound ? 1 : 2);
        option(END_OF_OPTIONS, new byte[0]);
        end();
    }

    /**
     * Writes what a capture has missed, at its end.
     *
     * @param nanos since 1970
     */
    public void writeStatistics(int interfaceIndex, long nanos, long dropped) throws IOException {
        begin(STATISTICS_BLOCK);
        block.putInt(interfaceIndex).putInt((int) (nanos >>> 32)).putInt((int) nanos);
        block.putShort((short) DROPPED).putShort((short) Long.BYTES).putLong(dropped);
        option(END_OF_OPTIONS, new byte[0]);
        end();
    }

    /** Has what was written so far read by whoever reads along. */
    public void flush() throws IOException {
        out.flush();
    }

    private void begin(int type) {
        block.clear();
        block.putInt(type).putInt(0);
    }

    private void option(int code, byte[] value) {
        block.putShort((short) code).putShort((short) value.length).put(value);
        pad();
    }

    private void pad() {
        while (block.position() % Integer.BYTES != 0) {
            block.put((byte) 0);
        }
    }

    /** A block's length stands before and after it. */
    private void end() throws IOException {
        int length = block.position() + Integer.BYTES;
        block.putInt(length).putInt(Integer.BYTES, length);
        out.write(block.array(), 0, length);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
