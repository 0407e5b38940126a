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
 *   0      4      8          16     20     24     28    32       40        48          56
 *  +------+------+----------+------+------+------+-----+--------+---------+-----------+-------------+
 *  | port |  0   | sequence | from | to   | cause|plan.| event  |decision |first burst|lost at most |  SWITCHED
 *  +------+------+----------+------+------+------+-----+--------+---------+-----------+-------------+
 *  | port |drain.| sequence | completed   | resent     |suppr.  |duplic.  | held      | dropped     |  OUTCOME
 *  +------+------+----------+------+------+------------+--------+---------+-----------+-------------+
 *  | port |  0   | sequence | nanos       |                                                            FIRST_BURST
 *  +------+------+----------+------+------+
 *  | port | side | up       | nanos       |                                                            LINK
 *  +------+------+----------+------+------+
 *  | port |event |before|aft.| nanos       |                                                            INPUT
 *  +------+------+------+----+-------------+
 * </pre>
 */
public final class PortEvents {
    static final int SWITCHED = 1;
    static final int FIRST_BURST = 2;
    static final int LINK = 3;
    static final int INPUT = 4;
    static final int OUTCOME = 5;

    private static final int PORT = 0;
    private static final int SIDE = 4;
    private static final int SEQUENCE = 8;
    private static final int UP = 8;
    private static final int FROM = 16;
    private static final int NANOS = 16;
    private static final int TO = 20;
    private static final int CAUSE = 24;
    private static final int PLANNED = 28;
    private static final int DRAINED = 4;
    private static final int COMPLETED = 16;
    private static final int RESENT = 24;
    private static final int SUPPRESSED = 32;
    private static final int DUPLICATED = 40;
    private static final int HELD = 48;
    private static final int DROPPED = 56;
    private static final int EVENT = 32;
    private static final int DECISION = 40;
    private static final int FIRST = 48;
    private static final int LOST = 56;
    private static final int SWITCHED_LENGTH = 64;
    private static final int SHORT_LENGTH = 24;

    private static final long LOW = 0xffff_ffffL;

    private final RingBuffer ring;
    private final @Nullable EventSet reader;
    private long untold;

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

    /** The fields of a {@link SwitchRecord}. */
    public void switched(
            int port,
            long sequence,
            int from,
            int to,
            int cause,
            long eventNanos,
            long decisionNanos,
            long firstBurstNanos,
            long lostAtMost,
            boolean planned) {
        int index = ring.tryClaim(SWITCHED, SWITCHED_LENGTH);
        if (index < 0) {
            untold++;
            return;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putInt(index + PORT, port);
        buffer.putLong(index + SEQUENCE, sequence);
        buffer.putInt(index + FROM, from);
        buffer.putInt(index + TO, to);
        buffer.putInt(index + CAUSE, cause);
        buffer.putInt(index + PLANNED, planned ? 1 : 0);
        buffer.putLong(index + EVENT, eventNanos);
        buffer.putLong(index + DECISION, decisionNanos);
        buffer.putLong(index + FIRST, firstBurstNanos);
        buffer.putLong(index + LOST, lostAtMost);
        ring.commit(index);
        wake();
    }

    /** It sleeps a little otherwise, and the network should learn of the other side at once. */
    private void wake() {
        if (reader != null) {
            reader.signal(0);
        }
    }

    /** The fields of a {@link SwitchOutcome}, when a switch that was told before is over. */
    public void outcome(
            int port,
            long sequence,
            long firstCompletedNanos,
            boolean drained,
            long resent,
            long suppressed,
            long duplicated,
            long held,
            long dropped) {
        int index = ring.tryClaim(OUTCOME, SWITCHED_LENGTH);
        if (index < 0) {
            untold++;
            return;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putInt(index + PORT, port);
        buffer.putInt(index + DRAINED, drained ? 1 : 0);
        buffer.putLong(index + SEQUENCE, sequence);
        buffer.putLong(index + COMPLETED, firstCompletedNanos);
        buffer.putLong(index + RESENT, resent);
        buffer.putLong(index + SUPPRESSED, suppressed);
        buffer.putLong(index + DUPLICATED, duplicated);
        buffer.putLong(index + HELD, held);
        buffer.putLong(index + DROPPED, dropped);
        ring.commit(index);
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

    /** Messages for which there was no room; the poll thread's own count. */
    public long untold() {
        return untold;
    }

    private void write(int type, int port, int side, long value, long nanos) {
        int index = ring.tryClaim(type, SHORT_LENGTH);
        if (index < 0) {
            untold++;
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
            case SWITCHED -> listener.onSwitch(read(buffer, index));
            case FIRST_BURST ->
                listener.onFirstBurst(port, buffer.getLong(index + SEQUENCE), buffer.getLong(index + NANOS));
            case LINK ->
                listener.onLink(
                        port,
                        buffer.getInt(index + SIDE),
                        buffer.getLong(index + UP) == 1,
                        buffer.getLong(index + NANOS));
            case OUTCOME -> listener.onOutcome(port, buffer.getLong(index + SEQUENCE), readOutcome(buffer, index));
            case INPUT -> listener.onInput(readInput(buffer, index));
            default -> {} // of a later version
        }
    }

    private static SwitchOutcome readOutcome(DirectBuffer buffer, int index) {
        return new SwitchOutcome(
                true,
                buffer.getLong(index + COMPLETED),
                buffer.getInt(index + DRAINED) == 1,
                buffer.getLong(index + RESENT),
                buffer.getLong(index + SUPPRESSED),
                buffer.getLong(index + DUPLICATED),
                buffer.getLong(index + HELD),
                buffer.getLong(index + DROPPED));
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

    private static SwitchRecord read(DirectBuffer buffer, int index) {
        return new SwitchRecord(
                buffer.getInt(index + PORT),
                buffer.getLong(index + SEQUENCE),
                buffer.getInt(index + FROM),
                buffer.getInt(index + TO),
                buffer.getInt(index + CAUSE),
                buffer.getLong(index + EVENT),
                buffer.getLong(index + DECISION),
                buffer.getLong(index + FIRST),
                buffer.getLong(index + LOST),
                buffer.getInt(index + PLANNED) == 1,
                SwitchOutcome.UNKNOWN);
    }
}
