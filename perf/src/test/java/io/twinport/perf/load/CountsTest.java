package io.twinport.perf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class CountsTest {
    @Test
    void shouldCountRefusedAndLostFramesAsNotComeBack() {
        Counts counts = Counts.parse("1000 990 10 50 30 985 7 2 1 5000 600");
        assertEquals(new Counts(1000, 990, 10, 50, 30, 985, 7, 2, 1, 5000, 600), counts);
        assertEquals(0.017, counts.lossRatio(), 1e-9);
        assertEquals(30 / 1030.0, counts.unableShare(), 1e-9);
    }

    @Test
    void shouldTakeNothingOfferedForAllLost() {
        assertEquals(1, Counts.parse("0 0 0 9 0 0 0 0 0 5000 5000").lossRatio());
    }
}
