package io.twinport.dataplane.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** U10: a stall is no proof of death. */
class StallWatchTest {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);

    private final StallWatch watch = new StallWatch(Duration.ofMillis(100));
    private long now = 17;

    @Test
    void shouldFindStallOfMoreThanBatch() {
        assertFalse(passes(20, 1000, 900 + 100));
        assertFalse(passes(9, 1000 + StallWatch.BATCH + 1, 1000), "not yet");
        assertTrue(passes(2, 1000 + StallWatch.BATCH + 1, 1000));
    }

    /** Drivers complete in batches: what is left may have been sent long ago. */
    @Test
    void shouldNotMindWhatIsLessThanBatch() {
        assertFalse(passes(1000, 1000 + StallWatch.BATCH, 1000));
    }

    /** Pause frames and rate limits: slow is not dead. */
    @Test
    void shouldNotMindDeviceThatIsSlow() {
        for (int i = 0; i < 50; i++) {
            assertFalse(passes(9, 10_000, 1000 + i));
        }
    }

    @Test
    void shouldBeginAnewAfterGap() {
        passes(9, 1000, 1);
        now += STEP;
        assertFalse(watch.look(true, true, 1000, 1, now));
        assertFalse(passes(9, 1000, 1));
    }

    @Test
    void shouldNotWatchWithoutHealthyStandby() {
        for (int i = 0; i < 1000; i++) {
            now += STEP;
            assertFalse(watch.look(false, false, 1000, 1, now));
        }
    }

    @Test
    void shouldNotJudgeDeviceThatDoesNotCount() {
        assertFalse(passes(1000, 1_000_000, -1));
    }

    @Test
    void shouldRefuseShorterTimeThanProvesAnything() {
        assertThrows(IllegalArgumentException.class, () -> new StallWatch(Duration.ofMillis(99)));
        StallWatch off = new StallWatch(Duration.ZERO);
        assertFalse(off.isOn());
        off.look(true, false, 1000, 1, 0);
        assertFalse(off.look(true, false, 1000, 1, Long.MAX_VALUE / 2));
    }

    private boolean passes(int steps, long taken, long sent) {
        boolean stalled = false;
        for (int i = 0; i < steps; i++) {
            now += STEP;
            stalled |= watch.look(true, false, taken, sent, now);
        }
        return stalled;
    }
}
