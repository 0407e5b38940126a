package io.twinport.dataplane.cnc;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.policy.FailoverPolicy;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Records for tests. */
public final class SwitchRecords {
    /** Of a switch that has only just been. */
    public static final SwitchOutcome UNKNOWN = new SwitchOutcome(false, 0, false, 0, 0, 0, 0, 0, 0);

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
                UNKNOWN);
    }

    /** An unplanned switch that has only just been. */
    public static SwitchRecord unplanned(
            int port,
            long sequence,
            int from,
            int to,
            int cause,
            long eventNanos,
            long decisionNanos,
            long firstBurstNanos,
            long lostAtMost) {
        return new SwitchRecord(
                port,
                sequence,
                from,
                to,
                cause,
                eventNanos,
                decisionNanos,
                firstBurstNanos,
                lostAtMost,
                false,
                UNKNOWN);
    }

    /** One whose outcome is known. */
    public static SwitchRecord complete(int port, long sequence) {
        return numbered(port, sequence).withOutcome(outcome(sequence));
    }

    /** All of whose numbers follow from one. */
    static SwitchOutcome outcome(long number) {
        return new SwitchOutcome(
                true,
                number * 10 + 3,
                number % 4 == 1,
                number + 4,
                number + 5,
                number + 6,
                number + 7,
                number + 8,
                number + 9);
    }

    /** Tells of a switch. */
    public static void write(PortEvents events, SwitchRecord record) {
        events.switched(inMemory(record));
    }

    /** Tells what a switch has cost, when it is over. */
    public static void end(PortEvents events, SwitchRecord record) {
        events.ended(inMemory(record));
    }

    private static DirectBuffer inMemory(SwitchRecord record) {
        UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(SwitchLayout.LENGTH));
        SwitchLayout.write(memory, 0, record);
        return memory;
    }
}
