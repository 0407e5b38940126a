package io.twinport.perf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NdrSearchTest {
    private static final NdrSearch.Range RANGE = new NdrSearch.Range(10_000, 20_000_000, 0.01);

    /** Loses what is above its capacity. */
    private static NdrSearch.Device ofCapacity(long capacity) {
        return rate -> new NdrSearch.Trial(Math.max(0, rate - capacity) / (double) rate, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {10_001, 123_456, 5_000_000, 19_000_000})
    void shouldFindTheRateToTheWantedPrecision(long capacity) {
        NdrSearch.Outcome found = new NdrSearch(ofCapacity(capacity), RANGE, 3).find(0);
        assertTrue(found.rate() <= capacity, found.toString());
        // The bracket is 1 % of its upper end.
        assertTrue(found.rate() >= capacity * 0.989, found.toString());
        assertFalse(found.isBound());
    }

    @Test
    void shouldFindAHigherRateWhereLossIsTolerated() {
        NdrSearch search = new NdrSearch(ofCapacity(5_000_000), RANGE, 1);
        long none = search.find(0).rate();
        long some = search.find(0.1).rate();
        assertTrue(none <= 5_000_000 && none > 4_900_000, "" + none);
        assertEquals(5_000_000 / 0.9, some, 60_000);
    }

    @Test
    void shouldFindItAmongDisturbancesThatMostTrialsAreWithout() {
        long capacity = 7_000_000;
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            NdrSearch.Device noisy = rate -> random.nextInt(20) == 0
                    ? new NdrSearch.Trial(0.3, true)
                    : ofCapacity(capacity).offer(rate);
            NdrSearch.Outcome found = new NdrSearch(noisy, RANGE, 9).find(0);
            assertTrue(found.rate() <= capacity && found.rate() > capacity * 0.98, "seed " + seed + ": " + found);
        }
    }

    @Test
    void shouldSayThatTheRateMayBeHigherWhereTheMostHolds() {
        assertEquals(new NdrSearch.Outcome(20_000_000, true), new NdrSearch(ofCapacity(50_000_000), RANGE, 3).find(0));
    }

    @Test
    void shouldSayThatTheRateMayBeHigherWhereNoMoreCanBeOffered() {
        NdrSearch.Device fast = rate -> new NdrSearch.Trial(0, rate <= 3_000_000);
        NdrSearch.Outcome found = new NdrSearch(fast, RANGE, 3).find(0);
        assertTrue(found.isBound());
        assertTrue(found.rate() <= 3_000_000 && found.rate() > 2_950_000, found.toString());
    }

    @Test
    void shouldFindNoneWhereNotEvenTheLeastHolds() {
        assertEquals(new NdrSearch.Outcome(0, false), new NdrSearch(ofCapacity(5_000), RANGE, 3).find(0));
    }

    @Test
    void shouldMakeNoTrialTwiceForASecondTolerance() {
        List<Long> offered = new ArrayList<>();
        NdrSearch search = new NdrSearch(
                rate -> {
                    offered.add(rate);
                    return ofCapacity(5_000_000).offer(rate);
                },
                RANGE,
                1);
        search.find(0.005);
        search.find(0);
        assertEquals(new HashSet<>(offered).size(), offered.size());
    }
}
