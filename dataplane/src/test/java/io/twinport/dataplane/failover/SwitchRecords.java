package io.twinport.dataplane.failover;

import io.twinport.dataplane.Sides;

/** Records for tests. */
final class SwitchRecords {
    private SwitchRecords() {}

    /** A failover of a port, all of whose numbers follow from its sequence, so that a torn one would show. */
    static SwitchRecord numbered(int port, long sequence) {
        return new SwitchRecord(
                port,
                sequence,
                Sides.PRIMARY,
                Sides.STANDBY,
                FailoverPolicy.PRIMARY_LINK_DOWN,
                sequence * 10,
                sequence * 10 + 1,
                sequence * 10 + 2,
                sequence,
                sequence % 3 == 0,
                SwitchOutcome.UNKNOWN);
    }

    /** One whose outcome is known. */
    static SwitchRecord complete(int port, long sequence) {
        return numbered(port, sequence).withOutcome(outcome(sequence));
    }

    /** All of whose numbers follow from one. */
    static SwitchOutcome outcome(long number) {
        return new SwitchOutcome(
                true, number * 10 + 3, number % 4 == 1, number + 4, number + 5, number + 6, number + 7, number + 8);
    }

    /** Tells a record as a poll loop does, field by field. */
    static void write(PortEvents events, SwitchRecord record) {
        events.switched(
                record.port(),
                record.sequence(),
                record.from(),
                record.to(),
                record.cause(),
                record.eventNanos(),
                record.decisionNanos(),
                record.firstBurstNanos(),
                record.lostAtMost(),
                record.planned());
    }
}
