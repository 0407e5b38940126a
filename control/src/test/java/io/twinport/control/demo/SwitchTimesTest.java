package io.twinport.control.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.SwitchRecord;
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
        return new SwitchRecord(
                0,
                1,
                FailoverPolicy.PRIMARY,
                FailoverPolicy.STANDBY,
                FailoverPolicy.PRIMARY_LINK_DOWN,
                250,
                260,
                firstBurstNanos,
                0);
    }
}
