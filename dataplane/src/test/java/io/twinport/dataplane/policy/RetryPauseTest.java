package io.twinport.dataplane.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.Test;

class RetryPauseTest {
    private final CachedNanoClock clock = new CachedNanoClock();
    private final RetryPause pause = new RetryPause(clock);

    private void pass(long nanos) {
        clock.update(clock.nanoTime() + nanos);
    }

    /** Fails, and waits until it may try again: how many milliseconds that takes. */
    private long fail() {
        pause.begin();
        long millis = 0;
        while (!pause.isOver()) {
            pass(TimeUnit.MILLISECONDS.toNanos(1));
            millis++;
        }
        return millis;
    }

    @Test
    void shouldNotWaitBeforeTheFirstFailure() {
        assertTrue(pause.isOver());
        assertEquals(0, pause.millis());
    }

    @Test
    void shouldWaitTwiceAsLongEachTimeAndHalfAMinuteAtMost() {
        for (long millis : new long[] {1000, 2000, 4000, 8000, 16_000, 30_000, 30_000}) {
            assertEquals(millis, fail());
        }
    }

    @Test
    void shouldWaitShortlyAgainAfterASuccess() {
        fail();
        fail();
        pause.begin();
        pause.reset();
        assertTrue(pause.isOver(), "there is nothing to wait for");
        assertEquals(1000, fail());
    }

    /** An operator wants it now; that is no success. */
    @Test
    void shouldEndAtOnceAndGoOnGrowing() {
        pause.begin();
        pause.end();
        assertTrue(pause.isOver());
        assertEquals(2000, fail());
    }

    /** Who sleeps for so long finds the pause over. */
    @Test
    void shouldRoundUpWhatIsLeft() {
        pause.begin();
        pass(TimeUnit.MILLISECONDS.toNanos(400) + 1);
        assertEquals(600, pause.millis());
        pass(TimeUnit.MILLISECONDS.toNanos(600) - 2);
        assertEquals(1, pause.millis());
        assertFalse(pause.isOver());
        pass(1);
        assertEquals(0, pause.millis());
        assertTrue(pause.isOver());
    }
}
