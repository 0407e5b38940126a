package io.twinport.dataplane.handler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PacerTest {
    private static final int BURST = 32;

    @Test
    void shouldNotLimitWithoutRate() {
        Pacer pacer = new Pacer(0);
        for (int i = 0; i < 1000; i++) {
            assertEquals(BURST, pacer.allowance(BURST));
            pacer.took(BURST);
        }
    }

    /** Never more than the rate and a millisecond's worth; less only as far as the machine takes the CPU away. */
    @Test
    void shouldHoldRate() {
        long rate = 1_000_000;
        Pacer pacer = new Pacer(rate);
        long start = System.nanoTime();
        long taken = 0;
        double seconds;
        do {
            int allowed = pacer.allowance(BURST);
            assertTrue(allowed >= 0 && allowed <= BURST);
            pacer.took(allowed);
            taken += allowed;
            seconds = (System.nanoTime() - start) / 1e9;
        } while (seconds < 0.2);
        assertTrue(taken <= rate * (seconds + 0.001), taken + " in " + seconds + " s");
        assertTrue(taken >= rate * seconds / 10, taken + " in " + seconds + " s");
    }

    @Test
    void shouldNotMakeUpForMoreThanMillisecond() throws InterruptedException {
        Pacer pacer = new Pacer(10_000);
        assertEquals(0, pacer.allowance(BURST));
        Thread.sleep(20);
        assertEquals(10, pacer.allowance(BURST));
    }

    @Test
    void shouldLetSinglePacketsGoAtLowRate() throws InterruptedException {
        Pacer pacer = new Pacer(100);
        pacer.allowance(BURST);
        Thread.sleep(25);
        assertEquals(1, pacer.allowance(BURST));
        pacer.took(1);
        assertEquals(0, pacer.allowance(BURST));
    }
}
