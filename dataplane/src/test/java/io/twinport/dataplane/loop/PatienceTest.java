package io.twinport.dataplane.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private long now = System.nanoTime();

    private long after(long millis) {
        return now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void shouldEndWhenProcessHasRunForSoLong() {
        Patience patience = new Patience(LIMIT, now);
        for (int i = 0; i < 99; i++) {
            assertFalse(patience.isOver(after(10)));
        }
        assertTrue(patience.isOver(after(20)));
    }

    @Test
    void shouldNotEndBecauseProcessWasStopped() {
        Patience patience = new Patience(LIMIT, now);
        assertFalse(patience.isOver(after(45)));
        assertFalse(patience.isOver(after(TimeUnit.HOURS.toMillis(1))), "nobody could do anything in that hour");
        for (int i = 0; i < 86; i++) {
            assertFalse(patience.isOver(after(10)));
        }
        assertTrue(patience.isOver(after(50)));
    }
}
