package io.twinport.dataplane.cnc;

import io.twinport.posix.EventSet;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the event ring: what ports tell. The writing half is for poll threads: it claims, fills and commits, and
 * where the ring is full it counts and goes on.
 *
 * <pre>
 *   0      4      8          16
 *  +------+------+----------+---------+
 *  | port |  0   | sequence | nanos   |   FIRST_BURST
 *  +------+------+----------+---------+
 *  | port | side | up       | nanos   |   LINK
 *  +------+------+------+---+---------+
 *  | port |event |before|aft.| nanos  |   INPUT
 *  +------+------+------+----+--------+
 *  | SwitchLayout           ...           SWITCHED, ENDED
 *  +----------------------
 * </pre>
 */
public final class PortEvents {
    static final int SWITCHED = 1;
    static final int FIRST_BURST = 2;
    static final int LINK = 3;
    static final int INPUT = 4;
    static final int ENDED = 5;

    private static final int PORT = 0;
    private static final int SIDE = 4;
    private static final int SEQUENCE = 8;
    private static final int UP = 8;
    private static final int NANOS = 16;
    private static final int SHORT_LENGTH = 24;

    private static final long LOW = 0xffff_ffffL;

    private final RingBuffer ring;
    private final @Nullable EventSet reader;

    /** Of a ring that is read without being told to. */
    public PortEvents(RingBuffer ring) {
        this.ring = ring;
        this.reader = null;
    }

    /** @param reader its only event wakes the conductor, which has something to do after each switch */
    public PortEvents(RingBuffer ring, EventSet reader) {
        this.ring = ring;
        this.reader = reader;
    }

    /**
     * A switch, with its first burst or before it has one.
     *
     * @param record by {@link SwitchLayout}
     */
    public void switched(DirectBuffer record) {
        if (tell(SWITCHED, record)) {
            wake();
        }
    }

    /** A switch that was told before is over, and what it has cost is known; as {@link #switched}. */
    public void ended(DirectBuffer record) {
        tell(ENDED, record);
    }

    private boolean tell(int type, DirectBuffer record) {
        int index = ring.tryClaim(type, SwitchLayout.LENGTH);
        if (index < 0) {
            return false;
        }
        ring.buffer().putBytes(index, record, 0, SwitchLayout.LENGTH);
        ring.commit(index);
        return true;
    }

    /** It sleeps a little otherwise, and the network should learn of the other side at once. */
    private void wake() {
        if (reader != null) {
            reader.signal(0);
        }
    }

    /** The first burst of a switch that was told before it had one. */
    public void firstBurst(int port, long sequence, long nanos) {
        write(FIRST_BURST, port, 0, sequence, nanos);
        wake();
    }

    /** A side's link has changed. */
    public void link(int port, int side, boolean up, long nanos) {
        write(LINK, port, side, up ? 1 : 0, nanos);
    }

    /** The policy was told of an event that changes its state. */
    public void input(int port, long nanos, int event, int before, int after) {
        write(INPUT, port, event, before & LOW | (long) after << 32, nanos);
    }

    private void write(int type, int port, int side, long value, long nanos) {
        int index = ring.tryClaim(type, SHORT_LENGTH);
        if (index < 0) {
            return;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putInt(index + PORT, port);
        buffer.putInt(index + SIDE, side);
        buffer.putLong(index + SEQUENCE, value);
        buffer.putLong(index + NANOS, nanos);
        ring.commit(index);
    }

    /** Who is told, on the conductor's thread. */
    public interface Listener {
        void onSwitch(SwitchRecord record);

        void onFirstBurst(int port, long sequence, long nanos);

        void onLink(int port, int side, boolean up, long nanos);

        void onInput(PolicyInput input);

        /** What came of a switch. */
        default void onOutcome(int port, long sequence, SwitchOutcome outcome) {}
    }

    /** Decodes one message. */
    public static void dispatch(int type, DirectBuffer buffer, int index, Listener listener) {
        int port = buffer.getInt(index + PORT);
        switch (type) {
            case SWITCHED -> listener.onSwitch(SwitchLayout.read(buffer, index));
            case FIRST_BURST ->
                listener.onFirstBurst(port, buffer.getLong(index + SEQUENCE), buffer.getLong(index + NANOS));
            case LINK ->
                listener.onLink(
                        port,
                        buffer.getInt(index + SIDE),
                        buffer.getLong(index + UP) == 1,
                        buffer.getLong(index + NANOS));
            case ENDED -> {
                SwitchRecord record = SwitchLayout.read(buffer, index);
                listener.onOutcome(port, record.sequence(), record.outcome());
            }
            case INPUT -> listener.onInput(readInput(buffer, index));
            default -> {} // of a later version
        }
    }

    private static PolicyInput readInput(DirectBuffer buffer, int index) {
        long states = buffer.getLong(index + SEQUENCE);
        return new PolicyInput(
                buffer.getInt(index + PORT),
                buffer.getLong(index + NANOS),
                buffer.getInt(index + SIDE),
                (int) states,
                (int) (states >>> 32));
    }
}
