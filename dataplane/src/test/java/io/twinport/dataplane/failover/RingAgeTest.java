package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** How old the frames in a ring may be, told from few looks at the clock (U2). */
class RingAgeTest {
    private static final long LOOKBACK = 1_000_000;
    private static final int MOST_POLLS = 64;

    private final RingAge age = new RingAge(LOOKBACK, MOST_POLLS);
    private int looks;

    private void pollEmptyRing(long now) {
        if (age.isClockDue()) {
            looks++;
            age.foundEmpty(now);
        }
    }

    @Test
    void shouldKnowNothingOfARingThatWasNeverEmpty() {
        age.unknown();
        assertFalse(age.holdsNothingBefore(Long.MIN_VALUE));
        pollEmptyRing(100);
        assertTrue(age.holdsNothingBefore(100));
        assertFalse(age.holdsNothingBefore(101));
        age.unknown();
        assertFalse(age.holdsNothingBefore(0));
    }

    /** A fast loop reads the clock at one in 64 polls. */
    @Test
    void shouldSeldomLookAtTheClockWhileNothingComes() {
        for (int i = 0; i < 64_000; i++) {
            pollEmptyRing(1000L * i);
        }
        assertTrue(looks <= 1010 && looks >= 1000, looks + " looks");
    }

    /** A slow loop reads it as often as it takes to know the age within a quarter of the look-back. */
    @Test
    void shouldLookOftenEnoughWhateverTheLoopsPace() {
        for (long pace : new long[] {500, 5_000, 50_000, 120_000, 240_000, 3_000, 90_000}) {
            long now = 0;
            for (int i = 0; i < 1000; i++) {
                now += pace;
                pollEmptyRing(now);
                if (i > 200) {
                    assertTrue(age.holdsNothingBefore(now - LOOKBACK / 4), "pace " + pace);
                }
            }
        }
    }

    /** Whatever happens: it never claims to know more than it has seen. */
    @Test
    void shouldNeverTakeAFrameForYoungerThanItIs() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        long now = 0;
        long lastEmpty = Long.MIN_VALUE;
        for (int i = 0; i < 100_000; i++) {
            now += random.nextInt(20) == 0 ? random.nextInt(50_000_000) : random.nextInt(20_000);
            if (random.nextInt(10) > 0) {
                lastEmpty = now;
                pollEmptyRing(now);
            }
            assertFalse(age.holdsNothingBefore(lastEmpty + 1), "seed " + seed);
        }
    }
}
