package io.twinport.hw;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** An Ethernet address, 48 bits with the first byte on the wire most significant. */
record Mac(long value) {
    private static final long GROUP = 1L << 40;
    private static final HexFormat HEX = HexFormat.ofDelimiter(":");

    static Mac parse(String text) {
        byte[] bytes = HEX.parseHex(text);
        return new Mac(ByteBuffer.allocate(Long.BYTES).put(2, bytes).getLong(0));
    }

    static Mac at(ByteBuffer frame, int offset) {
        return new Mac((frame.getInt(offset) & 0xffff_ffffL) << 16 | (frame.getShort(offset + 4) & 0xffff));
    }

    void put(ByteBuffer frame, int offset) {
        frame.putInt(offset, (int) (value >>> 16)).putShort(offset + 4, (short) value);
    }

    /** Broadcast or multicast. */
    boolean isGroup() {
        return (value & GROUP) != 0;
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(0, value).array();
        return HEX.formatHex(bytes, 2, Long.BYTES);
    }
}
