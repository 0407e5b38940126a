package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** U8: copies by two sides, told from equal frames by one. */
class DuplicateFilterTest {
    private static final long PAIRING = DuplicateFilter.PAIRING.toNanos();
    private static final long KEY = Long.MIN_VALUE | 0x1234_5678_9abcL;

    private final PortTotals totals = new PortTotals();
    private final DuplicateFilter filter = new DuplicateFilter(totals);

    /** U8. */
    @Test
    void shouldDropTheCopyByTheOtherSide() {
        assertTrue(filter.passes(KEY, PRIMARY, 1000));
        assertFalse(filter.passes(KEY, STANDBY, 2000));
        assertTrue(filter.passes(KEY, STANDBY, 3000), "the second on this side is no copy of the first on the other");
    }

    /** U8: TCP's duplicate ACKs. */
    @Test
    void shouldNeverDropEqualFramesOfOneSide() {
        for (int i = 0; i < 1000; i++) {
            assertTrue(filter.passes(KEY, PRIMARY, 1000 + i));
        }
    }

    /** U8: three duplicate ACKs by one side, and their copies by the other, in any order: three are delivered. */
    @Test
    void shouldDeliverAsManyAsTheSideThatHadMost() {
        for (int order = 0; order < 1 << 6; order++) {
            long key = KEY + 2L * order;
            int[] came = new int[3];
            int delivered = 0;
            for (int i = 0; i < 6; i++) {
                int side = (order >> i & 1) == 0 ? PRIMARY : STANDBY;
                came[side]++;
                delivered += filter.passes(key, side, 1000 + i) ? 1 : 0;
            }
            assertEquals(Math.max(came[PRIMARY], came[STANDBY]), delivered, "order " + Integer.toBinaryString(order));
        }
    }

    /** What is sent again so much later is no copy. */
    @Test
    void shouldDeliverWhatComesByTheOtherSideLater() {
        assertTrue(filter.passes(KEY, PRIMARY, 0));
        assertTrue(filter.passes(KEY, STANDBY, PAIRING + 1));
        assertTrue(filter.passes(KEY + 2, PRIMARY, 0));
        assertFalse(filter.passes(KEY + 2, STANDBY, PAIRING));
    }

    /** A full set: the oldest is forgotten, which costs a duplicate, and is counted. */
    @Test
    void shouldDeliverTwiceRatherThanNotAtAllWhenFull() {
        long oneSet = 1L << 20;
        for (int i = 0; i < 40; i++) {
            assertTrue(filter.passes(KEY + i * oneSet, PRIMARY, i));
        }
        assertEquals(8, totals.forgotten);
        for (int i = 0; i < 40; i++) {
            assertEquals(i < 8, !filter.isCopy(KEY + i * oneSet, STANDBY, 100), "frame " + i);
        }
    }

    /** Against the rule written down plainly: whatever comes, in whatever order. */
    @Test
    void shouldDoAsTheRuleSays() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<Long, Deque<Long>> unpaired = new HashMap<>();
        long now = -5_000_000;
        for (int step = 0; step < 200_000; step++) {
            now += random.nextInt(100_000);
            long key = KEY + 2L * random.nextInt(50) + ((long) random.nextInt(4) << 40);
            int side = random.nextBoolean() ? PRIMARY : STANDBY;
            Deque<Long> others =
                    unpaired.computeIfAbsent(key ^ 1L << PRIMARY + STANDBY - side + 50, k -> new ArrayDeque<>());
            while (!others.isEmpty() && now - others.peek() > PAIRING) {
                others.remove();
            }
            boolean isCopy = !others.isEmpty();
            if (isCopy) {
                others.remove();
            } else {
                unpaired.computeIfAbsent(key ^ 1L << side + 50, k -> new ArrayDeque<>())
                        .add(now);
            }
            assertEquals(!isCopy, filter.passes(key, side, now), "seed " + seed + ", step " + step);
        }
        assertEquals(0, totals.forgotten);
    }
}
