package io.twinport.control.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a pcapng file holds, read by its own rules and not by the writer's. */
public final class PcapngBlocks {
    private static final int INTERFACE = 1;
    private static final int STATISTICS = 5;
    private static final int FRAME = 6;
    private static final short COMMENT = 1;
    private static final short NAME = 2;
    private static final short FLAGS = 2;
    private static final short DROPPED = 5;
    private static final short TIME_RESOLUTION = 9;
    private static final byte NANOSECONDS = 9;

    private record Frame(int interfaceIndex, int direction, int captured, int length) {}

    private final List<String> interfaces = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();
    private int statistics;
    private long missed;

    private PcapngBlocks() {}

    /** @throws IllegalArgumentException if the lengths of a block do not agree, or the file ends within one */
    public static PcapngBlocks of(byte[] file) {
        PcapngBlocks blocks = new PcapngBlocks();
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int begin = in.position();
            int type = in.getInt();
            int length = in.getInt();
            if (in.getInt(begin + length - Integer.BYTES) != length) {
                throw new IllegalArgumentException("a block at " + begin + " has two lengths");
            }
            blocks.read(type, in.slice(begin + 8, length - 12).order(ByteOrder.LITTLE_ENDIAN));
            in.position(begin + length);
        }
        return blocks;
    }

    private void read(int type, ByteBuffer body) {
        switch (type) {
            case INTERFACE -> {
                body.position(8);
                interfaces.add(new String(option(body, NAME).orElseThrow(), StandardCharsets.UTF_8));
                if (option(body, TIME_RESOLUTION).orElseThrow()[0] != NANOSECONDS) {
                    throw new IllegalArgumentException("times are no nanoseconds");
                }
            }
            case FRAME -> {
                int index = body.getInt();
                long high = body.getInt();
                nanos.add(high << 32 | body.getInt() & 0xffff_ffffL);
                int captured = body.getInt();
                int length = body.getInt();
                body.position(body.position() + (captured + 3) / 4 * 4);
                frames.add(new Frame(index, option(body, FLAGS).orElseThrow()[0], captured, length));
                option(body, COMMENT).ifPresent(text -> comments.add(new String(text, StandardCharsets.UTF_8)));
            }
            case STATISTICS -> {
                statistics++;
                body.position(12);
                missed += ByteBuffer.wrap(option(body, DROPPED).orElseThrow())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong();
            }
            default -> {} // of no interest here
        }
    }

    /** One of those from the buffer's position on, which stays where it is. */
    private static Optional<byte[]> option(ByteBuffer at, short wanted) {
        ByteBuffer body = at.slice().order(ByteOrder.LITTLE_ENDIAN);
        while (body.remaining() >= 4) {
            short code = body.getShort();
            byte[] value = new byte[body.getShort()];
            body.get(value);
            body.position((body.position() + 3) / 4 * 4);
            if (code == wanted) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    public List<String> interfaces() {
        return interfaces;
    }

    public int frames() {
        return frames.size();
    }

    /** Those of an interface and a direction (1 in, 2 out), with so many bytes of so many. */
    public long framesOf(int interfaceIndex, int direction, int captured, int length) {
        Frame wanted = new Frame(interfaceIndex, direction, captured, length);
        return frames.stream().filter(wanted::equals).count();
    }

    /** When each frame came, in nanoseconds since 1970. */
    public List<Long> nanos() {
        return nanos;
    }

    /** Of those frames that have one, in their order. */
    public List<String> comments() {
        return comments;
    }

    public int statistics() {
        return statistics;
    }

    /** Frames that the captures say they have missed. */
    public long missed() {
        return missed;
    }
}
