package io.twinport.dataplane.failover;

import static io.twinport.dataplane.cnc.SwitchLayout.*;

import io.twinport.dataplane.cnc.PortEvents;
import io.twinport.dataplane.cnc.SwitchLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The port's latest switch, as it becomes known: told once with its first burst, or without one where none comes soon, and once
 * more with what it has cost when it is over. What it costs are the port's totals then, less what they were at the decision. For
 * the poll loop.
 */
final class PresentSwitch {
    /** After that what is suppressed or dropped has another cause. */
    static final Duration LENGTH = Duration.ofSeconds(1);

    private final int port;
    private final PortTotals totals;
    private final PortEvents out;
    private final UnsafeBuffer record = new UnsafeBuffer(ByteBuffer.allocateDirect(SwitchLayout.LENGTH));
    private boolean isUntold;
    private boolean isOpen;
    private long endNanos;
    private long resent;
    private long suppressed;
    private long duplicates;
    private long held;
    private long dropped;
    private long notDrained;

    PresentSwitch(int port, PortTotals totals, PortEvents out) {
        this.port = port;
        this.totals = totals;
        this.out = out;
    }

    /**
     * Another side transmits from now on; the switch before is over.
     *
     * @param eventNanos 0 where no event came before the decision
     */
    void begin(long sequence, int to, int cause, long eventNanos, long decisionNanos) {
        if (isUntold) {
            tell();
        }
        if (isOpen) {
            end();
        }
        int from = record.getByte(TO);
        record.setMemory(0, SwitchLayout.LENGTH, (byte) 0);
        record.putInt(PORT, port);
        record.putLong(SEQUENCE, sequence);
        record.putByte(FROM, (byte) from);
        record.putByte(TO, (byte) to);
        record.putByte(CAUSE, (byte) cause);
        record.putLong(EVENT, eventNanos);
        record.putLong(DECISION, decisionNanos);
        isUntold = true;
        isOpen = true;
        endNanos = decisionNanos + LENGTH.toNanos();
        resent = totals.resent;
        suppressed = totals.suppressed;
        duplicates = totals.duplicates;
        held = totals.held;
        dropped = totals.dropped + totals.holdDropped;
        notDrained = totals.notDrained;
        totals.lastOfFormerNanos = 0;
    }

    /** Whether the former side could still send, and what is lost at most if it could not. */
    void expect(boolean planned, long lostAtMost) {
        record.putByte(FLAGS, (byte) (planned ? PLANNED : 0));
        record.putLong(LOST, lostAtMost);
    }

    /** @param completed whether the driver has sent what it has taken */
    void firstBurst(long nanos, boolean completed) {
        record.putLong(COMPLETED, completed ? nanos : 0);
        record.putLong(FIRST_BURST, nanos);
        if (isUntold) {
            tell();
        } else {
            out.firstBurst(port, record.getLong(SEQUENCE), nanos);
        }
    }

    /** Whether it has had no burst yet, and nobody knows of it. */
    boolean isUntold() {
        return isUntold;
    }

    void tell() {
        isUntold = false;
        out.switched(record);
    }

    /** Whether there is a switch whose cost has not been told. */
    boolean isOpen() {
        return isOpen;
    }

    /** The clock is to be read only while it {@link #isOpen}. */
    boolean isOver(long now) {
        return now - endNanos >= 0;
    }

    /** Tells what it has cost, once. */
    void end() {
        isOpen = false;
        int flags = record.getByte(FLAGS);
        boolean drained = (flags & PLANNED) != 0 && totals.notDrained == notDrained;
        record.putByte(FLAGS, (byte) (flags | OUTCOME_KNOWN | (drained ? DRAINED : 0)));
        record.putLong(RESENT, totals.resent - resent);
        record.putLong(SUPPRESSED, totals.suppressed - suppressed);
        record.putLong(DUPLICATED, totals.duplicates - duplicates);
        record.putLong(HELD, totals.held - held);
        record.putLong(DROPPED, totals.dropped + totals.holdDropped - dropped);
        record.putLong(LAST_OF_FORMER, totals.lastOfFormerNanos);
        out.ended(record);
    }
}
