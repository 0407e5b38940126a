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
 *  +-------+----+---------+--------+------------------------+---+---------+--
 *  | count | .. | version | number | SwitchLayout           | . | version | ...
 *  +-------+----+---------+--------+------------------------+---+---------+--
 * </pre>
 *
 * A slot's version is odd while it is being written: a reader that meets one, or sees it change, reads again. Its
 * number tells whether it still holds the record that the reader came for.
 */
public final class SwitchLog {
    static final int SLOT = 128;
    private static final int COUNT = 0;
    private static final int VERSION = 0;
    private static final int NUMBER = 8;
    static final int RECORD = 16;

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
        SwitchLayout.write(buffer, slot + RECORD, record);
        buffer.putLongRelease(slot + VERSION, version + 2);
    }

    /** The record of that number; null where a newer one has been written over it meanwhile, or it is being written. */
    private @Nullable SwitchRecord read(long number) {
        int slot = slot(number);
        // A writer that died in the middle leaves an odd version: then the slot counts all the same.
        for (int tries = 0; ; tries++) {
            long version = buffer.getLongVolatile(slot + VERSION);
            SwitchRecord record = SwitchLayout.read(buffer, slot + RECORD);
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
