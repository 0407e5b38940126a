package io.twinport.dataplane.cnc;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.AtomicBuffer;

/**
 * The last inputs of all policies, in {@code twinport.cnc}: the switch records are only a projection of them. One
 * writer (the conductor), any number of readers in any process, also after the writer has died.
 *
 * <pre>
 *   0         32      40     44      48       52       64
 *  +-------+-+-------+------+-------+--------+-------+--+-------+--
 *  | count | | nanos | port | event | before | after |  | nanos | ...
 *  +-------+-+-------+------+-------+--------+-------+--+-------+--
 * </pre>
 *
 * The count is written after the slot. A reader looks at it again when it has read: what the writer may have been
 * writing over meanwhile it leaves out.
 */
public final class InputLog {
    private static final int SLOT = 32;
    private static final int COUNT = 0;
    private static final int NANOS = 0;
    private static final int PORT = 8;
    private static final int EVENT = 12;
    private static final int BEFORE = 16;
    private static final int AFTER = 20;

    private final AtomicBuffer buffer;
    private final AtomicBuffer later;
    private final int slots;

    /** @param buffer the memory that is written */
    public InputLog(AtomicBuffer buffer) {
        this(Part.live(buffer));
    }

    /** For a reader. */
    public InputLog(Part part) {
        this.buffer = part.now();
        this.later = part.later();
        this.slots = buffer.capacity() / SLOT - 1;
    }

    /** Adds an input over the oldest one; the conductor only. */
    public void add(PolicyInput input) {
        long count = buffer.getLong(COUNT);
        int slot = slot(count);
        buffer.putLong(slot + NANOS, input.nanos());
        buffer.putInt(slot + PORT, input.port());
        buffer.putInt(slot + EVENT, input.event());
        buffer.putInt(slot + BEFORE, input.before());
        buffer.putInt(slot + AFTER, input.after());
        buffer.putLongRelease(COUNT, count + 1);
        // No field of the next input may be seen before this count.
        VarHandle.storeStoreFence();
    }

    /** The inputs that are still there, the oldest first. */
    public List<PolicyInput> inputs() {
        long count = buffer.getLongVolatile(COUNT);
        long first = Math.max(0, count - slots);
        List<PolicyInput> inputs = new ArrayList<>();
        for (long i = first; i < count; i++) {
            int slot = slot(i);
            inputs.add(new PolicyInput(
                    buffer.getInt(slot + PORT),
                    buffer.getLong(slot + NANOS),
                    buffer.getInt(slot + EVENT),
                    buffer.getInt(slot + BEFORE),
                    buffer.getInt(slot + AFTER)));
        }
        VarHandle.loadLoadFence();
        // The slot of the next input counts as written over, too: its writer may be at it.
        long oldest = later.getLongVolatile(COUNT) + 1 - slots;
        int gone = Math.clamp(oldest - first, 0, inputs.size());
        return inputs.subList(gone, inputs.size());
    }

    private int slot(long number) {
        return SLOT + (int) (number % slots) * SLOT;
    }
}
