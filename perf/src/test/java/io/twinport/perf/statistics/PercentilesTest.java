package io.twinport.perf.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PercentilesTest {
    private static final double EXACT = 1e-12;

    @Test
    void shouldTakeTheNearestRank() {
        double[] samples =
                IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i).toArray();
        assertEquals(new Percentiles(100, 50, 90, 99, 100), Percentiles.of(samples));
        assertEquals(new Percentiles(1, 7, 7, 7, 7), Percentiles.of(new double[] {7}));
        assertEquals(2, Percentiles.atRank(new double[] {1, 2, 3}, 0.5), EXACT);
    }

    @Test
    void shouldKnowNothingOfNothing() {
        assertEquals(new Percentiles(0, -1, -1, -1, -1), Percentiles.of(new double[0]));
        assertEquals(new Quotient(-1, -1, -1), Quotient.of(List.of(), List.of(new double[] {1}), 0.5));
    }

    @Test
    void shouldDivideThePercentilesOfAllLaunches() {
        Quotient quotient = Quotient.of(
                List.of(new double[] {1, 2}, new double[] {3}, new double[0]), List.of(new double[] {4, 8, 4}), 0.5);
        assertEquals(0.5, quotient.value(), EXACT);
        assertTrue(quotient.low() <= 0.5 && 0.5 <= quotient.high(), quotient.toString());
    }

    @Test
    void shouldBeSureOfWhatHardlyVariesAndUnsureOfLaunchesThatDiffer() {
        Random random = new Random(7);
        double[] same = random.doubles(200, 100, 101).toArray();
        Quotient sure = Quotient.of(List.of(same, same.clone(), same.clone()), List.of(same), 0.5);
        assertTrue(sure.high() - sure.low() < 0.01, sure.toString());
        double[] other = random.doubles(200, 300, 301).toArray();
        Quotient unsure = Quotient.of(List.of(same, other, same.clone()), List.of(same), 0.5);
        assertTrue(unsure.high() > 2.5 && unsure.low() < 1.1, unsure.toString());
    }
}
