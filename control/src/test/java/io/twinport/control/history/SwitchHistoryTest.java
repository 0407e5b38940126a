package io.twinport.control.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.twinport.control.history.SwitchHistory.Switch;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.Part;
import io.twinport.dataplane.cnc.SampleLogs;
import io.twinport.dataplane.cnc.SwitchOutcome;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.cnc.SwitchRecords;
import io.twinport.dataplane.policy.FailoverPolicy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SwitchHistoryTest {
    private static final long PID = 4711;
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    /** {@code nanoTime} at the start. */
    private static final long ZERO = -1_000_000;

    private static AtomicBuffer buffer(int length) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }

    private static SwitchHistory history(Instant start, SwitchRecord... records) {
        AtomicBuffer memory = buffer(17 * 128);
        SampleLogs.add(memory, records);
        Part none = Part.live(buffer(64));
        return SwitchHistory.of(new CncReading(
                buffer(0), buffer(0), Part.live(memory), none, buffer(0), PID, ZERO, start.toEpochMilli()));
    }

    private static Switch only(SwitchRecord record) {
        return history(START, record).switches().getFirst();
    }

    private static SwitchRecord failover(
            long event, long decision, long burst, boolean planned, SwitchOutcome outcome) {
        return new SwitchRecord(
                2,
                9,
                Sides.PRIMARY,
                Sides.STANDBY,
                FailoverPolicy.PRIMARY_LINK_DOWN,
                event,
                decision,
                burst,
                7,
                planned,
                outcome);
    }

    @Test
    void shouldTellAllOfASwitchThatIsOver() {
        SwitchOutcome outcome = new SwitchOutcome(true, ZERO + 5000, true, 1, 2, 3, 4, 5, ZERO + 6000);
        assertEquals(
                new Switch(
                        2,
                        9,
                        "failover",
                        "primary",
                        "standby",
                        "primary link down",
                        true,
                        START.plusNanos(1000),
                        START.plusNanos(2000),
                        START.plusNanos(4000),
                        START.plusNanos(5000),
                        3000L,
                        7,
                        true,
                        1L,
                        2L,
                        3L,
                        4L,
                        5L,
                        START.plusNanos(6000)),
                only(failover(ZERO + 1000, ZERO + 2000, ZERO + 4000, true, outcome)));
    }

    @Test
    void shouldSayNothingOfWhatIsNotKnownYet() {
        Switch told = only(failover(ZERO + 1000, ZERO + 2000, ZERO + 4000, true, SwitchRecords.UNKNOWN));
        assertNull(told.firstCompleted());
        assertNull(told.drained());
        assertNull(told.resent());
        assertNull(told.suppressed());
        assertNull(told.duplicated());
        assertNull(told.held());
        assertNull(told.dropped());
    }

    /** The former side of one that is not planned cannot send any more. */
    @Test
    void shouldSayWhetherItWasDrainedOfAPlannedSwitchOnly() {
        SwitchOutcome outcome = new SwitchOutcome(true, 0, false, 1, 2, 3, 4, 5, 0);
        assertNull(only(failover(0, ZERO + 2000, 0, false, outcome)).drained());
        assertEquals(false, only(failover(0, ZERO + 2000, 0, true, outcome)).drained());
    }

    @Test
    void shouldTellHowLongItTookToTheFirstBurst() {
        Switch whole = only(failover(ZERO + 1000, ZERO + 2000, ZERO + 4500, false, SwitchRecords.UNKNOWN));
        assertEquals(3500L, whole.convergenceTimeNs());
        assertEquals(OptionalDouble.of(3.5), whole.microsToBurst());

        Switch seenFirst = only(failover(0, ZERO + 2000, ZERO + 4500, false, SwitchRecords.UNKNOWN));
        assertNull(seenFirst.event());
        assertEquals(0L, seenFirst.convergenceTimeNs());
        assertEquals(OptionalDouble.of(2.5), seenFirst.microsToBurst(), "from the decision, where there was no event");

        Switch silent = only(failover(ZERO + 1000, ZERO + 2000, 0, false, SwitchRecords.UNKNOWN));
        assertNull(silent.firstBurst());
        assertNull(silent.convergenceTimeNs());
        assertEquals(OptionalDouble.empty(), silent.microsToBurst());
    }

    /** RFC 6414's words, and two for what it has none for. */
    @Test
    void shouldSayOfWhatKindASwitchIs() {
        assertEquals("failover", kind(Sides.PRIMARY, Sides.STANDBY));
        assertEquals("reversion", kind(Sides.STANDBY, Sides.PRIMARY));
        assertEquals("start", kind(Sides.NONE, Sides.PRIMARY));
        assertEquals("start", kind(Sides.NONE, Sides.STANDBY));
        assertEquals("outage", kind(Sides.PRIMARY, Sides.NONE));
        assertEquals("outage", kind(Sides.STANDBY, Sides.NONE));
    }

    private static String kind(int from, int to) {
        return only(SwitchRecords.unplanned(0, 1, from, to, FailoverPolicy.PRIMARY_LINK_UP, 0, ZERO + 1, 0, 0))
                .kind();
    }

    @Test
    void shouldHaveProcessStartAndSwitchesInOrder() {
        SwitchRecord first = SwitchRecords.unplanned(0, 1, 0, 1, 2, 0, ZERO, 0, 0);
        SwitchRecord second = SwitchRecords.unplanned(1, 1, 1, 2, 3, 0, ZERO, 0, 0);
        SwitchHistory history = history(START, first, second);
        assertEquals(PID, history.pid());
        assertEquals(START, history.start());
        assertEquals(
                List.of(0, 1), history.switches().stream().map(Switch::port).toList());
    }

    @Test
    void shouldGiveNoInstantsOfAFileThatIsDamaged() {
        Switch early = only(failover(ZERO - 5, ZERO - 4, ZERO - 3, false, SwitchRecords.UNKNOWN));
        assertNull(early.event());
        assertNull(early.decision());
        assertNull(early.firstBurst());
        assertEquals(OptionalDouble.empty(), early.microsToBurst());
        assertNull(history(Instant.ofEpochMilli(-1)).start());
    }
}
