package io.twinport.dataplane.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** U10: silence alone proves nothing. */
class SilenceWatchTest {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);

    private final SilenceWatch watch = new SilenceWatch(LIMIT);
    private long now = -3;
    private long received = 5;
    private long frames = 7;
    private long toUs = 2;

    @Test
    void shouldNotTakeQuietNetworkForSilence() {
        assertFalse(passes(Duration.ofHours(1), true));
    }

    /** The network would have sent it to the primary, or to both. */
    @Test
    void shouldFindPrimarySilentWhenStandbyReceivesWhatIsOurs() {
        passes(Duration.ofMillis(100), true);
        toUs++;
        frames++;
        assertFalse(passes(Duration.ofMillis(390), true), "not yet");
        assertTrue(passes(Duration.ofMillis(20), true));
    }

    @Test
    void shouldFindPrimarySilentWhereBothHadReceivedAndOneStill() {
        passes(STEP);
        received++;
        frames++;
        passes(STEP);
        frames += SilenceWatch.OTHERS;
        assertFalse(passes(Duration.ofMillis(490), true));
        assertTrue(passes(Duration.ofMillis(20), true));
    }

    /** Multicasts of one segment only, say. */
    @Test
    void shouldNotMindStandbyThatReceivesWhatPrimaryNeverDid() {
        passes(STEP);
        received++;
        passes(STEP);
        frames += 1000;
        assertFalse(passes(Duration.ofHours(1), true));
    }

    @Test
    void shouldBeginAnewWithEachFrame() {
        for (int i = 0; i < 10; i++) {
            toUs++;
            frames++;
            assertFalse(passes(Duration.ofMillis(400), true));
            received++;
            assertFalse(passes(STEP));
        }
    }

    /** U10: the frames wait in the rings. */
    @Test
    void shouldBeginAnewAfterGap() {
        passes(STEP);
        toUs++;
        passes(Duration.ofMillis(480), true);
        now += STEP;
        assertFalse(watch.look(true, true, received, frames, toUs, now));
        assertFalse(passes(Duration.ofHours(1), true), "and what came before it is no proof");
    }

    @Test
    void shouldNotWatchPrimaryThatDoesNotTransmit() {
        passes(STEP);
        toUs++;
        assertFalse(passes(Duration.ofHours(1), false));
        assertFalse(passes(Duration.ofHours(1), true));
    }

    @Test
    void shouldNotWatchWhereItIsOff() {
        SilenceWatch off = new SilenceWatch(Duration.ZERO);
        off.look(true, false, 0, 0, 0, 0);
        assertFalse(off.look(true, false, 0, 9, 9, Long.MAX_VALUE / 2));
    }

    private boolean passes(long nanos) {
        now += nanos;
        return watch.look(true, false, received, frames, toUs, now);
    }

    private boolean passes(Duration time, boolean watched) {
        long steps = Math.min(1000, time.toNanos() / STEP);
        boolean silent = false;
        for (long i = 0; i < steps; i++) {
            now += time.toNanos() / steps;
            silent |= watch.look(watched, false, received, frames, toUs, now);
        }
        return silent;
    }
}
