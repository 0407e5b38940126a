package io.twinport.dataplane.cnc;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.AtomicBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The last switches, in {@code twinport.cnc}: one writer (the conductor), any number of readers in any process, also
 * after the writer has died.
 *
 * <pre>
 *   0            128                                            256
 *  +-------+----+---------+-------------------------+--------+---+---------+--
 *  | count | .. | version | fields of SwitchRecord  | number | . | version | ...
 *  +-------+----+---------+-------------------------+--------+---+---------+--
 * </pre>
 *
 * A slot's version is odd while it is being written: a reader that meets one, or sees it change, reads again. Its
 * number tells whether it still holds the record that the reader came for.
 */
public final class SwitchLog {
    private static final int SLOT = 128;
    private static final int COUNT = 0;
    private static final int VERSION = 0;
    private static final int PORT = 8;
    private static final int FROM = 12;
    private static final int TO = 16;
    private static final int CAUSE = 20;
    private static final int SEQUENCE = 24;
    private static final int EVENT = 32;
    private static final int DECISION = 40;
    private static final int FIRST_BURST = 48;
    private static final int LOST = 56;
    private static final int NUMBER = 64;
    private static final int COMPLETED = 72;
    private static final int RESENT = 80;
    private static final int SUPPRESSED = 88;
    private static final int DUPLICATED = 96;
    private static final int HELD = 104;
    private static final int DROPPED = 112;
    private static final int FLAGS = 120;

    private static final int PLANNED = 1;
    private static final int OUTCOME_KNOWN = 2;
    private static final int DRAINED = 4;

    private static final int MOST_TRIES = 1000;

    private final AtomicBuffer buffer;
    private final AtomicBuffer later;
    private final int slots;

    /** @param buffer the memory that is written */
    public SwitchLog(AtomicBuffer buffer) {
        this(Part.live(buffer));
    }

    /** For a reader. */
    public SwitchLog(Part part) {
        this.buffer = part.now();
        this.later = part.later();
        this.slots = buffer.capacity() / SLOT - 1;
    }

    /** Adds a record over the oldest one; the conductor only. */
    public void add(SwitchRecord record) {
        long count = buffer.getLong(COUNT);
        write(count, record);
        buffer.putLongRelease(COUNT, count + 1);
    }

    /** Writes a record anew of which more is known than when it was added, if it is still there. */
    public void amend(SwitchRecord record) {
        long count = buffer.getLong(COUNT);
        for (long i = count - 1; i >= Math.max(0, count - slots); i--) {
            SwitchRecord old = read(i);
            if (old != null && old.port() == record.port() && old.sequence() == record.sequence()) {
                write(i, record);
                return;
            }
        }
    }

    /** The records that are still there, the oldest first. */
    public List<SwitchRecord> records() {
        long count = buffer.getLongVolatile(COUNT);
        List<SwitchRecord> records = new ArrayList<>();
        for (long i = Math.max(0, count - slots); i < count; i++) {
            SwitchRecord record = read(i);
            if (record != null) {
                records.add(record);
            }
        }
        return records;
    }

    private int slot(long number) {
        return SLOT + (int) (number % slots) * SLOT;
    }

    private void write(long number, SwitchRecord record) {
        int slot = slot(number);
        long version = buffer.getLong(slot + VERSION);
        buffer.putLongVolatile(slot + VERSION, version + 1);
        // Before the fields: who gives up waiting and sees one of them sees by the number that they are another
        // record's.
        buffer.putLong(slot + NUMBER, number);
        VarHandle.storeStoreFence();
        buffer.putInt(slot + PORT, record.port());
        buffer.putInt(slot + FROM, record.from());
        buffer.putInt(slot + TO, record.to());
        buffer.putInt(slot + CAUSE, record.cause());
        buffer.putLong(slot + SEQUENCE, record.sequence());
        buffer.putLong(slot + EVENT, record.eventNanos());
        buffer.putLong(slot + DECISION, record.decisionNanos());
        buffer.putLong(slot + FIRST_BURST, record.firstBurstNanos());
        buffer.putLong(slot + LOST, record.lostAtMost());
        SwitchOutcome outcome = record.outcome();
        buffer.putLong(slot + COMPLETED, outcome.firstCompletedNanos());
        buffer.putLong(slot + RESENT, outcome.resent());
        buffer.putLong(slot + SUPPRESSED, outcome.suppressed());
        buffer.putLong(slot + DUPLICATED, outcome.duplicated());
        buffer.putLong(slot + HELD, outcome.held());
        buffer.putLong(slot + DROPPED, outcome.dropped());
        buffer.putInt(
                slot + FLAGS,
                (record.planned() ? PLANNED : 0)
                        | (outcome.isKnown() ? OUTCOME_KNOWN : 0)
                        | (outcome.drained() ? DRAINED : 0));
        buffer.putLongRelease(slot + VERSION, version + 2);
    }

    /** The record of that number; null where a newer one has been written over it meanwhile, or it is being written. */
    private @Nullable SwitchRecord read(long number) {
        int slot = slot(number);
        // A writer that died in the middle leaves an odd version: such a slot is taken as it is.
        for (int tries = 0; ; tries++) {
            long version = buffer.getLongVolatile(slot + VERSION);
            int flags = buffer.getInt(slot + FLAGS);
            SwitchOutcome outcome = new SwitchOutcome(
                    (flags & OUTCOME_KNOWN) != 0,
                    buffer.getLong(slot + COMPLETED),
                    (flags & DRAINED) != 0,
                    buffer.getLong(slot + RESENT),
                    buffer.getLong(slot + SUPPRESSED),
                    buffer.getLong(slot + DUPLICATED),
                    buffer.getLong(slot + HELD),
                    buffer.getLong(slot + DROPPED));
            SwitchRecord record = new SwitchRecord(
                    buffer.getInt(slot + PORT),
                    buffer.getLong(slot + SEQUENCE),
                    buffer.getInt(slot + FROM),
                    buffer.getInt(slot + TO),
                    buffer.getInt(slot + CAUSE),
                    buffer.getLong(slot + EVENT),
                    buffer.getLong(slot + DECISION),
                    buffer.getLong(slot + FIRST_BURST),
                    buffer.getLong(slot + LOST),
                    (flags & PLANNED) != 0,
                    outcome);
            VarHandle.loadLoadFence();
            long found = buffer.getLong(slot + NUMBER);
            VarHandle.loadLoadFence();
            boolean isUnchanged = later.getLongVolatile(slot + VERSION) == version;
            if (isUnchanged && version % 2 == 0 || tries == MOST_TRIES) {
                return isUnchanged && found == number ? record : null;
            }
        }
    }
}
