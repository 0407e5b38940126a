package io.twinport.control.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.FailoverPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    private final Expectation expectation = new Expectation();

    private List<Integer> allowed(boolean primaryReady, boolean standbyReady) {
        return IntStream.of(Sides.NONE, Sides.PRIMARY, Sides.STANDBY)
                .filter(side -> expectation.allows(side, primaryReady, standbyReady))
                .boxed()
                .toList();
    }

    /** R41. */
    @Test
    void shouldWantThePrimaryElseTheStandbyElseNobody() {
        assertEquals(List.of(Sides.PRIMARY), allowed(true, true));
        assertEquals(List.of(Sides.PRIMARY), allowed(true, false));
        assertEquals(List.of(Sides.STANDBY), allowed(false, true));
        assertEquals(List.of(Sides.NONE), allowed(false, false));
    }

    @Test
    void shouldWantAForcedSideWhereItIsReady() {
        expectation.told(Fault.FORCE_STANDBY);
        assertEquals(List.of(Sides.STANDBY), allowed(true, true));
        assertEquals(List.of(Sides.PRIMARY), allowed(true, false));
        expectation.told(Fault.FORCE_NONE);
        assertEquals(List.of(Sides.PRIMARY), allowed(true, true));
    }

    @Test
    void shouldTakeEitherSideWhereThePrimaryMayHaveToWait() {
        for (Fault fault : List.of(Fault.FAILBACK_MANUAL, Fault.FAILBACK_DELAYED, Fault.FAILBACK_WHEN_PROVEN)) {
            expectation.told(fault);
            assertEquals(List.of(Sides.PRIMARY, Sides.STANDBY), allowed(true, true));
            assertEquals(List.of(Sides.STANDBY), allowed(false, true));
        }
        expectation.told(Fault.FAILBACK_AT_ONCE);
        assertEquals(List.of(Sides.PRIMARY), allowed(true, true));
    }

    /** The policy itself, told the same, is always where it is expected: else the soak would cry wolf. */
    @Test
    void shouldAllowWhatThePolicyDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Fault> words = new ArrayList<>(List.of(Fault.values()));
        words.removeIf(fault -> fault.event() < 0);
        int state = FailoverPolicy.INITIAL;
        for (int event : new int[] {FailoverPolicy.PRIMARY_JOINED, FailoverPolicy.STANDBY_JOINED}) {
            state = FailoverPolicy.next(state, event);
        }
        for (int i = 0; i < 100_000; i++) {
            int event;
            if (random.nextInt(3) == 0) {
                int[] links = {
                    FailoverPolicy.PRIMARY_LINK_UP,
                    FailoverPolicy.PRIMARY_LINK_DOWN,
                    FailoverPolicy.STANDBY_LINK_UP,
                    FailoverPolicy.STANDBY_LINK_DOWN
                };
                event = links[random.nextInt(links.length)];
            } else {
                Fault fault = words.get(random.nextInt(words.size()));
                expectation.told(fault);
                event = fault.event();
            }
            state = FailoverPolicy.next(state, event);
            boolean primaryReady = FailoverPolicy.isLinkUp(state, Sides.PRIMARY);
            boolean standbyReady = FailoverPolicy.isLinkUp(state, Sides.STANDBY);
            assertEquals(
                    true,
                    expectation.allows(FailoverPolicy.active(state), primaryReady, standbyReady),
                    "seed " + seed + ", step " + i);
        }
    }
}
