package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.FailoverPolicy.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way back, forced sides and damping: what {@link FailoverPolicy} has beyond R41 and R42. */
class FailbackPolicyTest {
    private static int state(int... events) {
        return then(INITIAL, events);
    }

    private static int then(int state, int... events) {
        int after = state;
        for (int event : events) {
            after = next(after, event);
        }
        return after;
    }

    /** Both sides up, the traffic on the standby since the primary failed. */
    private static int onStandby(int mode) {
        return state(
                mode,
                PRIMARY_JOINED,
                PRIMARY_LINK_UP,
                STANDBY_JOINED,
                STANDBY_LINK_UP,
                PRIMARY_LINK_DOWN,
                PRIMARY_LINK_UP);
    }

    /** U12. */
    @Test
    void shouldFailBackWhenPrimaryIsProven() {
        int state = onStandby(FAILBACK_WHEN_PROVEN);
        assertEquals(STANDBY, active(state));
        assertTrue(waitsForProof(state));
        assertEquals(PRIMARY, active(next(state, PRIMARY_PROVEN)));
        assertEquals(PRIMARY, active(next(state, WAIT_OVER)), "and after a bounded time without proof");
    }

    @Test
    void shouldNeedNewProofAfterEachFault() {
        int state = then(onStandby(FAILBACK_WHEN_PROVEN), PRIMARY_PROVEN, PRIMARY_LINK_DOWN, PRIMARY_LINK_UP);
        assertEquals(STANDBY, active(state));
        state = then(onStandby(FAILBACK_WHEN_PROVEN), PRIMARY_LINK_DOWN, PRIMARY_PROVEN, PRIMARY_LINK_UP);
        assertEquals(STANDBY, active(state), "what came from a link that is down proves nothing");
    }

    /** A primary that is the only one left carries the traffic, proven or not. */
    @ParameterizedTest
    @ValueSource(ints = {FAILBACK_WHEN_PROVEN, FAILBACK_DELAYED, FAILBACK_MANUAL})
    void shouldNotWaitWhenStandbyIsGone(int mode) {
        assertEquals(PRIMARY, active(next(onStandby(mode), STANDBY_LINK_DOWN)));
        assertEquals(PRIMARY, active(next(onStandby(mode), STANDBY_LEFT)));
        assertEquals(PRIMARY, active(then(onStandby(mode), STANDBY_LEFT, STANDBY_JOINED, STANDBY_LINK_UP)));
    }

    @Test
    void shouldFailBackAfterDelayOnly() {
        int state = onStandby(FAILBACK_DELAYED);
        assertTrue(waits(state));
        assertFalse(waitsForProof(state));
        assertEquals(STANDBY, active(next(state, PRIMARY_PROVEN)));
        assertEquals(PRIMARY, active(next(state, WAIT_OVER)));
    }

    @Test
    void shouldFailBackByCommandOnly() {
        int state = onStandby(FAILBACK_MANUAL);
        assertFalse(waits(state));
        assertEquals(STANDBY, active(then(state, PRIMARY_PROVEN, WAIT_OVER)));
        assertEquals(PRIMARY, active(next(state, FAILBACK_COMMANDED)));
    }

    /** The first side that is ready transmits; nothing has failed yet. */
    @ParameterizedTest
    @ValueSource(ints = {FAILBACK_AT_ONCE, FAILBACK_WHEN_PROVEN, FAILBACK_DELAYED, FAILBACK_MANUAL})
    void shouldStartOnPrimaryThatIsReadyFirst(int mode) {
        assertEquals(PRIMARY, active(state(mode, PRIMARY_JOINED, PRIMARY_LINK_UP, STANDBY_JOINED, STANDBY_LINK_UP)));
    }

    @Test
    void shouldObeyForcedSideWhileItIsReady() {
        int state = then(onStandby(FAILBACK_AT_ONCE), FORCED_STANDBY);
        assertEquals(STANDBY, active(state));
        assertEquals(PRIMARY, active(next(state, STANDBY_LINK_DOWN)), "a port without traffic helps nobody");
        assertEquals(STANDBY, active(then(state, STANDBY_LINK_DOWN, STANDBY_LINK_UP)));
        assertEquals(PRIMARY, active(next(state, FORCED_NONE)));
        assertEquals(PRIMARY, active(next(onStandby(FAILBACK_WHEN_PROVEN), FORCED_PRIMARY)));
    }

    /** U13: make before break. */
    @Test
    void shouldLeaveSideThatIsAboutToGoWhileTheOtherIsReady() {
        int both = state(PRIMARY_JOINED, PRIMARY_LINK_UP, STANDBY_JOINED, STANDBY_LINK_UP);
        int leaving = next(both, PRIMARY_LEAVING);
        assertEquals(STANDBY, active(leaving));
        assertEquals(PRIMARY, active(next(leaving, STANDBY_LINK_DOWN)), "better than nothing");
        assertEquals(STANDBY, active(next(leaving, FORCED_PRIMARY)), "it will not stay for anybody");
        assertEquals(PRIMARY, active(then(leaving, PRIMARY_LEFT, PRIMARY_JOINED, PRIMARY_LINK_UP)), "another device");
        assertEquals(PRIMARY, active(next(leaving, STANDBY_LEAVING)), "both go: as if neither did");
        assertEquals(PRIMARY, active(next(next(both, FORCED_STANDBY), STANDBY_LEAVING)));
        int gone = next(both, PRIMARY_LEFT);
        assertEquals(gone, next(gone, PRIMARY_LEAVING), "who is not there does not leave");
    }

    @Test
    void shouldDoubleWaitWithEachFlapOfPrimaryThatHasNotSettled() {
        int state = next(onStandby(FAILBACK_WHEN_PROVEN), DAMPING_ON);
        for (int flap = 1; flap <= 20; flap++) {
            state = then(state, WAIT_OVER, PRIMARY_LINK_DOWN, PRIMARY_LINK_UP);
            assertEquals(STANDBY, active(state));
            assertEquals(Math.clamp(flap - FREE_FLAPS, 0, 7 - FREE_FLAPS), doublings(state));
            assertEquals(flap <= FREE_FLAPS, waitsForProof(state), "a damped primary proves nothing by a frame");
        }
        state = then(state, WAIT_OVER, SETTLED, PRIMARY_LINK_DOWN);
        assertEquals(0, doublings(state), "it has settled: all is forgiven");
    }

    /** R42 has no hysteresis; with damping on it gets one. */
    @Test
    void shouldDampFailbackAtOnce() {
        int state = next(onStandby(FAILBACK_AT_ONCE), DAMPING_ON);
        assertEquals(PRIMARY, active(state));
        for (int flap = 1; flap <= FREE_FLAPS + 1; flap++) {
            state = then(state, PRIMARY_LINK_DOWN, PRIMARY_LINK_UP);
            assertEquals(flap <= FREE_FLAPS ? PRIMARY : STANDBY, active(state), "flap " + flap);
        }
        assertEquals(PRIMARY, active(next(state, WAIT_OVER)));
        assertEquals(PRIMARY, active(next(state, DAMPING_OFF)));
    }

    @Test
    void shouldNotCountSwitchThatSomebodyWantedAsFlap() {
        int state = next(onStandby(FAILBACK_AT_ONCE), DAMPING_ON);
        for (int i = 0; i < 10; i++) {
            state = then(state, FORCED_STANDBY, FORCED_NONE);
        }
        assertEquals(PRIMARY, active(state));
        assertEquals(0, doublings(state));
    }

    /** What the table of {@link FailoverPolicy} says, held in each state that can be reached, at each event. */
    @Test
    void shouldKeepTableInEachReachableState() {
        Map<Integer, Integer> forced = new HashMap<>(Map.of(INITIAL, NONE));
        Deque<Integer> open = new ArrayDeque<>(forced.keySet());
        while (!open.isEmpty()) {
            int before = open.pop();
            for (int event = 0; event < EVENTS; event++) {
                int after = next(before, event);
                int wanted = event >= FORCED_NONE && event <= FORCED_STANDBY
                        ? event - FORCED_NONE
                        : forced.getOrDefault(before, NONE);
                check(before, event, after, wanted);
                if (forced.putIfAbsent(after, wanted) == null) {
                    open.push(after);
                }
            }
        }
        assertTrue(forced.size() > 1000, "only " + forced.size() + " states were reached");
    }

    /** The side that is about to leave where the other one is not. */
    private static int leavingOnly(int state) {
        boolean primary = (state & 1 << 16) != 0;
        boolean standby = (state & 1 << 17) != 0;
        return primary == standby ? NONE : primary ? PRIMARY : STANDBY;
    }

    private static void check(int before, int event, int after, int forced) {
        boolean primary = (after & 3) == 3;
        boolean standby = (after & 12) == 12;
        String transition = Integer.toBinaryString(before) + " --" + event + "-> " + Integer.toBinaryString(after);
        if (!primary || !standby) {
            assertEquals(primary ? PRIMARY : standby ? STANDBY : NONE, active(after), transition);
        } else if (leavingOnly(after) == PRIMARY && isStandbyDead(after) && !isPrimarySuspect(after)) {
            assertEquals(PRIMARY, active(after), transition);
        } else if (leavingOnly(after) != NONE) {
            assertEquals(PRIMARY + STANDBY - leavingOnly(after), active(after), transition);
        } else if (forced != NONE) {
            assertEquals(forced, active(after), transition);
        } else if (isPrimarySuspect(after) || isStandbyDead(after)) {
            assertEquals(isPrimarySuspect(after) ? STANDBY : PRIMARY, active(after), transition);
        } else if (active(before) == PRIMARY || active(before) == NONE) {
            assertEquals(PRIMARY, active(after), transition);
        } else if (active(after) == STANDBY) {
            assertTrue(event != WAIT_OVER || !waits(before), transition);
            assertTrue(event != PRIMARY_PROVEN || !waitsForProof(before) || isPrimarySuspect(before), transition);
            assertTrue(event != FAILBACK_COMMANDED, transition);
        }
        assertFalse(isPrimarySuspect(after) && active(after) != STANDBY, transition);
        assertFalse(waits(after) && active(after) != STANDBY, transition);
        assertFalse(isSettling(after) && active(after) != PRIMARY, transition);
    }
}
