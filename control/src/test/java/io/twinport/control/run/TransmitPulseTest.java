package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TransmitPulseTest {
    private final TransmitPulse pulse = new TransmitPulse();
    private long nanos = System.nanoTime();
    private long taken = 100;
    private long sent = 90;

    /** Looks each 250 ms. */
    private void looks(int count, int takenEach, int sentEach) {
        for (int i = 0; i < count; i++) {
            nanos += TimeUnit.MILLISECONDS.toNanos(250);
            taken += takenEach;
            sent += sentEach;
            assertTrue(pulse.isDue(nanos));
            pulse.feel(taken, sent, nanos);
        }
    }

    @Test
    void shouldFindDeadWhatTakesAndDoesNotSend() {
        looks(20, 10, 10);
        looks(7, 10, 0);
        assertFalse(pulse.isDead());
        looks(2, 10, 0);
        assertTrue(pulse.isDead());
    }

    @Test
    void shouldNotFindDeadWhatHasNothingToSendOrIsSlow() {
        looks(20, 0, 0);
        assertFalse(pulse.isDead());
        for (int i = 0; i < 20; i++) {
            looks(4, 10, 0);
            looks(1, 10, 1);
        }
        assertFalse(pulse.isDead());
    }

    @Test
    void shouldNotFindDeadWhatWasStopped() {
        looks(7, 10, 0);
        nanos += TimeUnit.HOURS.toNanos(1);
        pulse.feel(taken + 10, sent, nanos);
        assertFalse(pulse.isDead());
    }

    @Test
    void shouldBeDueFourTimesASecond() {
        assertTrue(pulse.isDue(nanos), "it has not looked yet");
        looks(1, 10, 10);
        assertFalse(pulse.isDue(nanos + TimeUnit.MILLISECONDS.toNanos(249)));
        assertTrue(pulse.isDue(nanos + TimeUnit.MILLISECONDS.toNanos(250)));
    }

    @Test
    void shouldWantTwoSecondsAndAnyFrameThatLeaves() {
        looks(1, 10, 10);
        looks(7, 10, 0);
        assertFalse(pulse.isDead());
        looks(1, 10, 0);
        assertTrue(pulse.isDead());
        looks(1, 10, 1);
        assertFalse(pulse.isDead());
    }
}
