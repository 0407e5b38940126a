package io.twinport.hw;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A capture that tcpdump and Wireshark read, with times in nanoseconds. */
final class PcapWriter implements AutoCloseable {
    private static final int MAGIC_NANOS = 0xa1b23c4d;
    private static final int LONGEST = 65535;
    private static final int ETHERNET = 1;
    private static final long SECOND = 1_000_000_000L;

    private final OutputStream out;
    private final ByteBuffer header = ByteBuffer.allocate(24);
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    PcapWriter(Path file) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file));
        header.putInt(MAGIC_NANOS).putShort((short) 2).putShort((short) 4).putLong(0);
        header.putInt(LONGEST).putInt(ETHERNET);
        out.write(header.array());
    }

    /** @param frame from 0 to its limit */
    synchronized void write(ByteBuffer frame, long nanos) throws IOException {
        long since = nanos - startNanos + start.getNano();
        header.clear();
        header.putInt((int) (start.getEpochSecond() + Math.floorDiv(since, SECOND)));
        header.putInt((int) Math.floorMod(since, SECOND));
        header.putInt(frame.limit()).putInt(frame.limit());
        out.write(header.array(), 0, header.position());
        for (int i = 0; i < frame.limit(); i++) {
            out.write(frame.get(i));
        }
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
