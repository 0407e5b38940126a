package io.twinport.dataplane.policy;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsFoldTest {
    private final StatisticsFold fold = new StatisticsFold(2);

    /** R57, R58. */
    @ParameterizedTest(name = "R58: {3}")
    @CsvSource({
        "0xfffffff0, 0x10, 0x20, a counter of 32 bits wraps",
        "1000, 5, 0, a reset is no traffic",
        "5, 20, 15, and what comes after it is",
        "0xfffffff0, 0x100000010, 0x20, a counter of 64 bits passes 2^32",
        "0x200000000, 5, 0, one of 64 bits is reset",
        "7, 7, 0, nothing has happened",
        "0, 0x7fffffff, 0x7fffffff, the largest step of 32 bits",
        "0, 0x80000000, 0, a step that looks like a step back",
        "0x100000000, 0x7000000000000000, 0x6fffffff00000000, a large step"
    })
    void shouldTellHowFarCounterHasMoved(String before, String now, String moved, String what) {
        assertEquals(
                Long.decode(moved).longValue(), StatisticsFold.advance(Long.decode(before), Long.decode(now)), what);
    }

    /** R26: what a device counted before it joined. */
    @Test
    void shouldNotCountWhatWasBeforeJoining() {
        fold.join(PRIMARY, 1000, 2000);
        fold.read(PRIMARY, 1010, 2020);
        assertEquals(10, fold.total(0));
        assertEquals(20, fold.total(1));
    }

    /** R33, R58b: the kernel forgets here. */
    @Test
    void shouldKeepTotalsOfDeviceThatLeaves() {
        fold.join(PRIMARY, 0, 0);
        fold.join(STANDBY, 50, 50);
        fold.read(PRIMARY, 100, 1);
        fold.read(PRIMARY, 130, 2);
        fold.leave(PRIMARY);
        assertEquals(130, fold.total(0));
        fold.read(STANDBY, 57, 50);
        assertEquals(137, fold.total(0), "both sides count");
        fold.join(PRIMARY, 7, 0);
        assertEquals(137, fold.total(0), "a device that comes back starts from what it shows");
        fold.read(PRIMARY, 8, 0);
        assertEquals(138, fold.total(0));
        assertEquals(2, fold.total(1));
    }

    @Test
    void shouldIgnoreReadingOfDeviceThatIsGone() {
        fold.join(PRIMARY, 0, 0);
        fold.read(PRIMARY, 5, 5);
        fold.leave(PRIMARY);
        fold.read(PRIMARY, 500, 500);
        fold.read(PRIMARY, 900, 900);
        fold.leave(PRIMARY);
        assertEquals(5, fold.total(0));
    }

    @Test
    void shouldNeverGoBackwards() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long before = 0;
        for (int i = 0; i < 10_000; i++) {
            int side = random.nextBoolean() ? PRIMARY : STANDBY;
            long value = random.nextLong() >>> random.nextInt(16, 64);
            switch (random.nextInt(4)) {
                case 0 -> fold.join(side, value, 0);
                case 1 -> {
                    fold.read(side, value, 0);
                    fold.leave(side);
                }
                default -> fold.read(side, value, 0);
            }
            assertTrue(fold.total(0) >= before, "seed " + seed + ", step " + i);
            before = fold.total(0);
        }
    }
}
