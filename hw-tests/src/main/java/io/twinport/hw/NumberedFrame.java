package io.twinport.hw;

import java.nio.ByteBuffer;

/** A frame of 60 bytes with a number, as {@code --handler generate} sends it. */
final class NumberedFrame {
    static final int LENGTH = 60;
    static final int ETHER_TYPE = 0x88b5;

    private static final int SOURCE = 6;
    private static final int TYPE = 12;
    private static final int NUMBER = 14;

    private NumberedFrame() {}

    /** Fills a buffer of {@link #LENGTH} bytes and makes it ready to be sent. */
    static ByteBuffer write(ByteBuffer frame, Mac destination, Mac source, long number) {
        destination.put(frame, 0);
        source.put(frame, SOURCE);
        return frame.putShort(TYPE, (short) ETHER_TYPE)
                .putLong(NUMBER, number)
                .position(0)
                .limit(LENGTH);
    }

    /** Whether a frame that starts at 0 is one. */
    static boolean is(ByteBuffer frame) {
        return frame.limit() >= NUMBER + Long.BYTES && (frame.getShort(TYPE) & 0xffff) == ETHER_TYPE;
    }

    static long number(ByteBuffer frame) {
        return frame.getLong(NUMBER);
    }

    static Mac source(ByteBuffer frame) {
        return Mac.at(frame, SOURCE);
    }

    static Mac destination(ByteBuffer frame) {
        return Mac.at(frame, 0);
    }
}
