package io.twinport.dataplane.cnc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * A message of a loop's command ring: to which of its queues, and what the type says that the argument and the value are.
 *
 * <pre>
 *   0          8          12         16         24
 *  +----------+----------+----------+----------+
 *  | id       | queue    | argument | value    |
 *  +----------+----------+----------+----------+
 * </pre>
 */
public final class CommandLayout {
    /** Message type: the device of the line {@code value} joins as the side {@code argument}. */
    public static final int JOIN = 1;

    /** Message type: the side {@code argument} leaves, whose device has the line {@code value}. */
    public static final int LEAVE = 2;

    /** Message type: the policy hears the event {@code argument}. */
    public static final int DECIDE = 3;

    /** Message type: the queue sends the mbuf at the address {@code value}. */
    public static final int INJECT = 4;

    /** Message type: copies of frames are kept, or no more where {@code argument} is 0. */
    public static final int CAPTURE = 6;

    /** Message type: failback waits {@code value} nanoseconds. */
    public static final int FAILBACK_DELAY = 7;

    private static final int ID = 0;
    private static final int QUEUE = 8;
    private static final int ARGUMENT = 12;
    private static final int VALUE = 16;
    private static final int LENGTH = 24;

    private CommandLayout() {}

    /**
     * Sends a command; any control thread.
     *
     * @return its id, larger than that of each command that was sent before it
     * @throws IllegalStateException if the ring is full, which means that the loop does not run
     */
    public static long send(RingBuffer ring, int type, int queue, int argument, long value) {
        // Claimed before the id is taken, under one lock: ids must not overtake each other.
        synchronized (ring) {
            int index = ring.tryClaim(type, LENGTH);
            if (index < 0) {
                throw new IllegalStateException("a poll loop does not read its commands");
            }
            long id = ring.nextCorrelationId() + 1;
            AtomicBuffer buffer = ring.buffer();
            buffer.putLong(index + ID, id);
            buffer.putInt(index + QUEUE, queue);
            buffer.putInt(index + ARGUMENT, argument);
            buffer.putLong(index + VALUE, value);
            ring.commit(index);
            return id;
        }
    }

    public static long id(DirectBuffer buffer, int index) {
        return buffer.getLong(index + ID);
    }

    public static int queue(DirectBuffer buffer, int index) {
        return buffer.getInt(index + QUEUE);
    }

    public static int argument(DirectBuffer buffer, int index) {
        return buffer.getInt(index + ARGUMENT);
    }

    public static long value(DirectBuffer buffer, int index) {
        return buffer.getLong(index + VALUE);
    }
}
