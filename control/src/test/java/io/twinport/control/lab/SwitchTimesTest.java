package io.twinport.control.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.cnc.SwitchRecords;
import io.twinport.dataplane.policy.FailoverPolicy;
import org.junit.jupiter.api.Test;

class SwitchTimesTest {
    private final SwitchTimes times = new SwitchTimes();

    @Test
    void shouldMeasureFromACutThatIsToldAfterTheSwitch() {
        times.start();
        times.onSwitch(failover(500));
        times.cutAt(200);

        assertEquals(300, times.cutToBurst().getMaxValue());
        assertEquals(1, times.cutToBurst().getTotalCount());
    }

    @Test
    void shouldNotMeasureWhereNoBurstCame() {
        times.start();
        times.onSwitch(failover(0));
        times.cutAt(200);

        assertEquals(1, times.failovers());
        assertEquals(0, times.cutToBurst().getTotalCount());
    }

    private static SwitchRecord failover(long firstBurstNanos) {
        return SwitchRecords.unplanned(
                0, 1, Sides.PRIMARY, Sides.STANDBY, FailoverPolicy.PRIMARY_LINK_DOWN, 250, 260, firstBurstNanos, 0);
    }

    private static SwitchRecord record(int to, long event, long decision, long firstBurst) {
        int from = Sides.other(to);
        return SwitchRecords.unplanned(
                0, 1, from, to, FailoverPolicy.PRIMARY_LINK_DOWN, event, decision, firstBurst, 0);
    }

    @Test
    void shouldTellFailoversFromFailbacks() {
        times.start();
        times.onSwitch(record(Sides.STANDBY, 1000, 1100, 1500));
        times.onSwitch(record(Sides.PRIMARY, 2000, 2100, 2700));
        times.onSwitch(record(Sides.STANDBY, 3000, 3100, 3300));

        assertEquals(2, times.failovers());
        assertEquals(1, times.failbacks());
        assertEquals(300, times.lastNanos());
        assertEquals(500, times.worstNanos());
        assertEquals(2, times.eventToBurst().getTotalCount());
        assertEquals(700, times.failbackEventToBurst().getMaxValue());
        assertEquals(3, times.decisionToBurst().getTotalCount());
        assertEquals(600, times.decisionToBurst().getMaxValue());
        assertEquals(200, times.decisionToBurst().getMinValue());
    }

    /** The loop's own look at the link word came first: from the event to the burst it took no time. */
    @Test
    void shouldCountWhatTheLoopSawBeforeTheEvent() {
        times.start();
        times.onSwitch(record(Sides.STANDBY, 0, 1100, 1500));
        times.onSwitch(record(Sides.STANDBY, 2000, 2100, 2500));

        assertEquals(1, times.seenBeforeEvent());
        assertEquals(2, times.eventToBurst().getTotalCount());
        assertEquals(1, times.eventFirstToBurst().getTotalCount());
        assertEquals(500, times.eventFirstToBurst().getMaxValue());
    }

    @Test
    void shouldCountWhileTheDemoRunsOnly() {
        times.onSwitch(record(Sides.STANDBY, 1000, 1100, 1500));
        times.start();
        times.end();
        times.onSwitch(record(Sides.STANDBY, 1000, 1100, 1500));
        assertEquals(0, times.failovers());
    }
}
