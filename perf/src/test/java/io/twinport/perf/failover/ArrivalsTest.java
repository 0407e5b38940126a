package io.twinport.perf.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class ArrivalsTest {
    private final Arrivals arrivals = new Arrivals();

    @Test
    void shouldCountWhatComesTwiceAndWhatComesLate() {
        arrivals.begin(100);
        for (long number : new long[] {100, 101, 103, 102, 103, 104, 100}) {
            arrivals.arrived(number);
        }
        assertEquals(2, arrivals.duplicated(), "103 and 100");
        assertEquals(1, arrivals.reordered(), "102 after 103; a second 100 is no frame of its own");
    }

    @Test
    void shouldForgetWhatWasBefore() {
        arrivals.begin(0);
        arrivals.arrived(0);
        arrivals.arrived(0);
        arrivals.begin(10);
        arrivals.arrived(9);
        arrivals.arrived(10);
        arrivals.arrived(11);
        assertEquals(0, arrivals.duplicated());
        assertEquals(0, arrivals.reordered());
    }
}
