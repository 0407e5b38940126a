package io.twinport.perf.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.perf.statistics.Ratio;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class RatiosTest {
    private static final double EXACT = 1e-12;

    @Test
    void shouldTakeTheRatioOfEachRoundAndNotOfTheMedians() {
        // The medians are 20 and 20; round by round ours is at 0.5, 1 and 4 times the other.
        Ratio ratio = Ratio.of(new double[] {10, 20, 40}, new double[] {20, 20, 10});
        assertEquals(1, ratio.median(), EXACT);
        assertEquals(0.5, ratio.min(), EXACT);
        assertEquals(4, ratio.max(), EXACT);
        assertTrue(ratio.min() <= ratio.low() && ratio.low() <= ratio.median(), ratio.toString());
        assertTrue(ratio.median() <= ratio.high() && ratio.high() <= ratio.max(), ratio.toString());
        Ratio again = Ratio.of(new double[] {10, 20, 40}, new double[] {20, 20, 10});
        assertEquals(ratio, again);
    }

    @Test
    void shouldTakeTheMeanOfTheTwoInTheMiddle() {
        assertEquals(2.5, Ratio.median(new double[] {4, 1, 2, 3}), EXACT);
        assertEquals(7, Ratio.median(new double[] {7}), EXACT);
    }

    @Test
    void shouldRefuseUnequalRounds() {
        assertThrows(IllegalArgumentException.class, () -> Ratio.of(new double[] {1}, new double[] {1, 2}));
        assertThrows(IllegalArgumentException.class, () -> Ratio.of(new double[0], new double[0]));
    }

    @Test
    void shouldNameEachRatioByWhatIsDividedByWhat() {
        Map<ForwardCase, List<Sample>> samples = Map.of(
                ForwardCase.TESTPMD, List.of(sample(100)),
                ForwardCase.BARE, List.of(sample(50)),
                ForwardCase.FAILOVER, List.of(sample(25)));
        Map<String, Ratio> ratios = ForwardResult.ratios(samples);
        assertEquals(List.of("bareVsTestpmd", "failoverVsTestpmd", "failoverVsBare"), List.copyOf(ratios.keySet()));
        assertEquals(0.5, median(ratios, "bareVsTestpmd"), EXACT);
        assertEquals(0.25, median(ratios, "failoverVsTestpmd"), EXACT);
        assertEquals(0.5, median(ratios, "failoverVsBare"), EXACT);
        ForwardResult.Rates rates =
                Objects.requireNonNull(ForwardResult.rates(samples).get("bare"));
        assertEquals(50, rates.median(), EXACT);
        assertEquals(20, rates.nanosPerPacket(), EXACT);
        assertEquals(0.5, rates.firstPacketSeconds(), EXACT);
    }

    @Test
    void shouldFindTheResultAmongWhatElseIsPrinted() {
        Sample sample = ForwardBench.sample(List.of("EAL: something", "forwarded 3000 1500 150 700 DPDK 22.11.11"));
        assertEquals(new Sample(3000, 1500, 150, 700, "DPDK 22.11.11"), sample);
        assertEquals(2000, sample.mpps(), EXACT);
        assertEquals(0.1, sample.waitedShare(), EXACT);
        assertThrows(UserException.class, () -> ForwardBench.sample(List.of("EAL: something")));
    }

    private static double median(Map<String, Ratio> ratios, String name) {
        return Objects.requireNonNull(ratios.get(name)).median();
    }

    /** One second's worth. */
    private static Sample sample(int mpps) {
        return new Sample(mpps * 1_000_000L, 1_000_000_000, 0, 500_000_000, "");
    }
}
