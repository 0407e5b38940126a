package io.twinport.dataplane.cnc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * A message of a loop's command ring.
 *
 * <pre>
 *   0          8          12         16         24
 *  +----------+----------+----------+----------+
 *  | id       | member   | side     | line     |
 *  +----------+----------+----------+----------+
 * </pre>
 */
public final class Command {
    /** Message type: the device of {@code line} joins the member as {@code side}. */
    public static final int JOIN = 1;

    /** Message type: the member's {@code side} leaves. */
    public static final int LEAVE = 2;

    /** Message type: the member's policy hears an event, which stands in the place of {@code side}. */
    public static final int DECIDE = 3;

    /** Message type: the member sends the mbuf whose address stands in the place of {@code line}. */
    public static final int TRANSMIT = 4;

    /** Message type: copies of the member's frames are kept, or no more with 0 in the place of {@code side}. */
    public static final int CAPTURE = 6;

    /** Message type: the member's failback waits so many nanoseconds, which stand in the place of {@code line}. */
    public static final int FAILBACK_DELAY = 7;

    private static final int ID = 0;
    private static final int MEMBER = 8;
    private static final int SIDE = 12;
    private static final int LINE = 16;
    private static final int LENGTH = 24;

    private Command() {}

    /**
     * Sends a command; any control thread.
     *
     * @return its id, larger than that of each command that was sent before it
     * @throws IllegalStateException if the ring is full, which means that the loop does not run
     */
    public static long send(RingBuffer ring, int type, int member, int side, long line) {
        // Claimed before the id is taken, under one lock: ids must not overtake each other.
        synchronized (ring) {
            int index = ring.tryClaim(type, LENGTH);
            if (index < 0) {
                throw new IllegalStateException("a poll loop does not read its commands");
            }
            long id = ring.nextCorrelationId() + 1;
            AtomicBuffer buffer = ring.buffer();
            buffer.putLong(index + ID, id);
            buffer.putInt(index + MEMBER, member);
            buffer.putInt(index + SIDE, side);
            buffer.putLong(index + LINE, line);
            ring.commit(index);
            return id;
        }
    }

    public static long id(DirectBuffer buffer, int index) {
        return buffer.getLong(index + ID);
    }

    public static int member(DirectBuffer buffer, int index) {
        return buffer.getInt(index + MEMBER);
    }

    public static int side(DirectBuffer buffer, int index) {
        return buffer.getInt(index + SIDE);
    }

    public static long line(DirectBuffer buffer, int index) {
        return buffer.getLong(index + LINE);
    }
}
