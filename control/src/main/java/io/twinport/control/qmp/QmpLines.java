package io.twinport.control.qmp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines of a channel, none longer than a bound: a peer that never ends its line must not fill the memory. */
final class QmpLines {
    /** {@code query-qmp-schema} answers with some 200 kB. */
    static final int LONGEST = 4 << 20;

    private static final int FIRST_SIZE = 16 << 10;

    private final ReadableByteChannel channel;
    private byte[] bytes = new byte[FIRST_SIZE];
    private int from;
    private int to;

    QmpLines(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** The next line that is not empty, or null at the end. */
    @Nullable
    String next() throws IOException {
        int looked = from;
        while (true) {
            for (; looked < to; looked++) {
                if (bytes[looked] == '\n') {
                    String line = new String(bytes, from, looked - from, StandardCharsets.UTF_8).strip();
                    from = ++looked;
                    if (!line.isEmpty()) {
                        return line;
                    }
                }
            }
            looked -= makeRoom();
            int count = channel.read(ByteBuffer.wrap(bytes, to, bytes.length - to));
            if (count < 0) {
                return null;
            }
            to += count;
        }
    }

    /** Returns how far the line has moved. */
    private int makeRoom() throws IOException {
        int moved = from;
        System.arraycopy(bytes, from, bytes, 0, to - from);
        to -= from;
        from = 0;
        if (to == bytes.length) {
            if (to >= LONGEST) {
                throw new IOException("a message of more than " + LONGEST + " bytes");
            }
            bytes = Arrays.copyOf(bytes, to * 2);
        }
        return moved;
    }
}
