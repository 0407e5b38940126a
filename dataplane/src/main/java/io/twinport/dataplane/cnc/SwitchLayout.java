package io.twinport.dataplane.cnc;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A {@link SwitchRecord} in memory: of the poll loop that fills it, in a message of the event ring, and in a slot of the
 * {@link SwitchLog}. A new field is an offset here, a component of {@code SwitchRecord} or {@link SwitchOutcome}, and where it is
 * put. The second row is known with {@link #OUTCOME_KNOWN}, {@code first completed} before.
 *
 * <pre>
 *   0      4      5    6       7       8          16      24         32            40
 *  +------+------+----+-------+-------+----------+-------+----------+-------------+--------------+
 *  | port | from | to | cause | flags | sequence | event | decision | first burst | lost at most |
 *  +------+------+----+-------+-------+----------+-------+----------+-------------+--------------+
 *   48                56       64           72           80     88        96              104
 *  +-----------------+--------+------------+------------+------+---------+----------------+
 *  | first completed | resent | suppressed | duplicated | held | dropped | last of former |
 *  +-----------------+--------+------------+------------+------+---------+----------------+
 * </pre>
 */
public final class SwitchLayout {
    public static final int PORT = 0;
    public static final int FROM = 4;
    public static final int TO = 5;
    public static final int CAUSE = 6;
    public static final int FLAGS = 7;
    public static final int SEQUENCE = 8;
    public static final int EVENT = 16;
    public static final int DECISION = 24;
    public static final int FIRST_BURST = 32;
    public static final int LOST = 40;
    public static final int COMPLETED = 48;
    public static final int RESENT = 56;
    public static final int SUPPRESSED = 64;
    public static final int DUPLICATED = 72;
    public static final int HELD = 80;
    public static final int DROPPED = 88;
    public static final int LAST_OF_FORMER = 96;

    /** Bytes of a record. */
    public static final int LENGTH = 104;

    /** Flag: the former side could still send. */
    public static final int PLANNED = 1;

    /** Flag: what the switch has cost is known. */
    public static final int OUTCOME_KNOWN = 2;

    /** Flag: of a planned one, the former side had sent all. */
    public static final int DRAINED = 4;

    private SwitchLayout() {}

    /** Writes a record. */
    static void write(MutableDirectBuffer buffer, int index, SwitchRecord record) {
        SwitchOutcome outcome = record.outcome();
        buffer.putInt(index + PORT, record.port());
        buffer.putByte(index + FROM, (byte) record.from());
        buffer.putByte(index + TO, (byte) record.to());
        buffer.putByte(index + CAUSE, (byte) record.cause());
        buffer.putByte(index + FLAGS, (byte) ((record.planned() ? PLANNED : 0)
                | (outcome.isKnown() ? OUTCOME_KNOWN : 0)
                | (outcome.drained() ? DRAINED : 0)));
        buffer.putLong(index + SEQUENCE, record.sequence());
        buffer.putLong(index + EVENT, record.eventNanos());
        buffer.putLong(index + DECISION, record.decisionNanos());
        buffer.putLong(index + FIRST_BURST, record.firstBurstNanos());
        buffer.putLong(index + LOST, record.lostAtMost());
        buffer.putLong(index + COMPLETED, outcome.firstCompletedNanos());
        buffer.putLong(index + RESENT, outcome.resent());
        buffer.putLong(index + SUPPRESSED, outcome.suppressed());
        buffer.putLong(index + DUPLICATED, outcome.duplicated());
        buffer.putLong(index + HELD, outcome.held());
        buffer.putLong(index + DROPPED, outcome.dropped());
        buffer.putLong(index + LAST_OF_FORMER, outcome.lastOfFormerNanos());
    }

    /** Reads a record. */
    static SwitchRecord read(DirectBuffer buffer, int index) {
        int flags = buffer.getByte(index + FLAGS);
        SwitchOutcome outcome = new SwitchOutcome(
                (flags & OUTCOME_KNOWN) != 0,
                buffer.getLong(index + COMPLETED),
                (flags & DRAINED) != 0,
                buffer.getLong(index + RESENT),
                buffer.getLong(index + SUPPRESSED),
                buffer.getLong(index + DUPLICATED),
                buffer.getLong(index + HELD),
                buffer.getLong(index + DROPPED),
                buffer.getLong(index + LAST_OF_FORMER));
        return new SwitchRecord(
                buffer.getInt(index + PORT),
                buffer.getLong(index + SEQUENCE),
                buffer.getByte(index + FROM),
                buffer.getByte(index + TO),
                buffer.getByte(index + CAUSE),
                buffer.getLong(index + EVENT),
                buffer.getLong(index + DECISION),
                buffer.getLong(index + FIRST_BURST),
                buffer.getLong(index + LOST),
                (flags & PLANNED) != 0,
                outcome);
    }
}
