package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.FailoverPolicy.PRIMARY_JOINED;
import static io.twinport.dataplane.failover.FailoverPolicy.PRIMARY_LEFT;
import static io.twinport.dataplane.failover.FailoverPolicy.PRIMARY_LINK_DOWN;
import static io.twinport.dataplane.failover.FailoverPolicy.PRIMARY_LINK_UP;
import static io.twinport.dataplane.failover.FailoverPolicy.STANDBY_JOINED;
import static io.twinport.dataplane.failover.FailoverPolicy.STANDBY_LEFT;
import static io.twinport.dataplane.failover.FailoverPolicy.STANDBY_LINK_DOWN;
import static io.twinport.dataplane.failover.FailoverPolicy.STANDBY_LINK_UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailoverPolicyTest {
    private static final int DEVICE_EVENTS = 8;

    /** Whether the primary has settled, which tells nothing of who transmits. */
    private static final int SETTLING = 1 << 7;

    /** The inputs of R41, kept apart from the policy's own bits. */
    private record Inputs(boolean primaryHere, boolean primaryUp, boolean standbyHere, boolean standbyUp) {
        static final Inputs NOTHING = new Inputs(false, false, false, false);

        /** A device that leaves takes its link with it. */
        Inputs after(int event) {
            return switch (event) {
                case PRIMARY_JOINED -> new Inputs(true, primaryUp, standbyHere, standbyUp);
                case PRIMARY_LEFT -> new Inputs(false, false, standbyHere, standbyUp);
                case PRIMARY_LINK_UP -> new Inputs(primaryHere, true, standbyHere, standbyUp);
                case PRIMARY_LINK_DOWN -> new Inputs(primaryHere, false, standbyHere, standbyUp);
                case STANDBY_JOINED -> new Inputs(primaryHere, primaryUp, true, standbyUp);
                case STANDBY_LEFT -> new Inputs(primaryHere, primaryUp, false, false);
                case STANDBY_LINK_UP -> new Inputs(primaryHere, primaryUp, standbyHere, true);
                case STANDBY_LINK_DOWN -> new Inputs(primaryHere, primaryUp, standbyHere, false);
                default -> this;
            };
        }

        int transmitter() {
            return primaryHere && primaryUp ? PRIMARY : standbyHere && standbyUp ? STANDBY : NONE;
        }

        int state() {
            int state = FailoverPolicy.INITIAL;
            state = primaryHere ? FailoverPolicy.next(state, PRIMARY_JOINED) : state;
            state = primaryUp ? FailoverPolicy.next(state, PRIMARY_LINK_UP) : state;
            state = standbyHere ? FailoverPolicy.next(state, STANDBY_JOINED) : state;
            return standbyUp ? FailoverPolicy.next(state, STANDBY_LINK_UP) : state;
        }
    }

    /** R41: the primary if it is ready, else the standby if it is ready, else nobody. Ready is here and up. */
    @ParameterizedTest(name = "R41: primary {0}, {1}; standby {2}, {3}: {4}")
    @CsvSource({
        "away, down, away, down, none",
        "away, down, away, up,   none",
        "away, down, here, down, none",
        "away, down, here, up,   standby",
        "away, up,   away, down, none",
        "away, up,   away, up,   none",
        "away, up,   here, down, none",
        "away, up,   here, up,   standby",
        "here, down, away, down, none",
        "here, down, away, up,   none",
        "here, down, here, down, none",
        "here, down, here, up,   standby",
        "here, up,   away, down, primary",
        "here, up,   away, up,   primary",
        "here, up,   here, down, primary",
        "here, up,   here, up,   primary"
    })
    void shouldLetReadySideTransmit(
            String primary, String primaryLink, String standby, String standbyLink, String transmits) {
        Inputs inputs = new Inputs(
                primary.equals("here"), primaryLink.equals("up"), standby.equals("here"), standbyLink.equals("up"));
        assertEquals(transmits, PolicyText.side(FailoverPolicy.active(inputs.state())));
    }

    /** R42: the way back is at once, without delay or hysteresis. */
    @ParameterizedTest(name = "R42: after {0} downs in a row")
    @ValueSource(ints = {1, 2, 1000})
    void shouldReturnToPrimaryWithTheEventThatMakesItReady(int downs) {
        int state = new Inputs(true, true, true, true).state();
        for (int i = 0; i < downs; i++) {
            state = FailoverPolicy.next(state, PRIMARY_LINK_DOWN);
            assertEquals(STANDBY, FailoverPolicy.active(state));
            state = FailoverPolicy.next(state, PRIMARY_LINK_UP);
            assertEquals(PRIMARY, FailoverPolicy.active(state));
        }
    }

    @Test
    void shouldKeepRulesInEachReachableStateAndAtEachEvent() {
        Map<Integer, Inputs> reached = new HashMap<>(Map.of(FailoverPolicy.INITIAL, Inputs.NOTHING));
        Deque<Integer> open = new ArrayDeque<>(List.of(FailoverPolicy.INITIAL));
        while (!open.isEmpty()) {
            int state = open.pop();
            Inputs before = reached.getOrDefault(state, Inputs.NOTHING);
            for (int event = 0; event < DEVICE_EVENTS; event++) {
                int next = FailoverPolicy.next(state, event);
                Inputs inputs = before.after(event);
                assertEquals(inputs.transmitter(), FailoverPolicy.active(next), () -> "R41 at " + inputs);
                assertEquals(inputs.primaryUp(), FailoverPolicy.isLinkUp(next, PRIMARY));
                assertEquals(inputs.standbyUp(), FailoverPolicy.isLinkUp(next, STANDBY));
                assertEquals(next, FailoverPolicy.next(next, event), "the same event again changes nothing");
                next &= ~SETTLING; // of two histories one may have failed back lately
                Inputs known = reached.putIfAbsent(next, inputs);
                if (known == null) {
                    open.push(next);
                } else {
                    assertEquals(known, inputs, "two histories, one state");
                }
            }
        }
        assertEquals(16, reached.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, FailoverPolicy.EVENTS, 99, Integer.MIN_VALUE})
    void shouldIgnoreUnknownEvent(int event) {
        int state = new Inputs(true, false, true, true).state();
        assertEquals(state, FailoverPolicy.next(state, event));
    }

    /** Only the primary's readiness matters while it transmits: the standby's events must not move traffic. */
    @ParameterizedTest
    @ValueSource(ints = {STANDBY_JOINED, STANDBY_LEFT, STANDBY_LINK_UP, STANDBY_LINK_DOWN})
    void shouldStayOnPrimaryWhateverStandbyDoes(int event) {
        assertEquals(
                PRIMARY, FailoverPolicy.active(FailoverPolicy.next(new Inputs(true, true, true, true).state(), event)));
    }

    private static int told(int state, int... events) {
        int after = state;
        for (int event : events) {
            after = FailoverPolicy.next(after, event);
        }
        return after;
    }

    /** A stalled primary is taken back when it sends, one that is suspected for anything else is not waited for so. */
    @Test
    void shouldKnowAStalledPrimaryAmongSuspectedOnes() {
        int both = new Inputs(true, true, true, true).state();
        assertTrue(FailoverPolicy.isPrimaryStalled(told(both, FailoverPolicy.PRIMARY_STALLED)));
        assertFalse(FailoverPolicy.isPrimaryStalled(told(both, FailoverPolicy.PRIMARY_SILENT)));
        assertFalse(FailoverPolicy.isPrimaryStalled(
                told(both, FailoverPolicy.PRIMARY_STALLED, FailoverPolicy.PRIMARY_RESUMED)));
    }

    @Test
    void shouldNameTheEventThatASideHasLeft() {
        assertEquals(PRIMARY_LEFT, FailoverPolicy.left(PRIMARY));
        assertEquals(STANDBY_LEFT, FailoverPolicy.left(STANDBY));
    }

    /** U13: what was said of a device that has left says nothing of the next one. */
    @Test
    void shouldHearOfALeaveFromDevicesOnlyThatAreThere() {
        int both = new Inputs(true, true, true, true).state();
        int alone = new Inputs(true, true, false, false).state();
        assertEquals(alone, told(alone, FailoverPolicy.STANDBY_LEAVING));
        int later = told(alone, FailoverPolicy.STANDBY_LEAVING, STANDBY_JOINED, STANDBY_LINK_UP, PRIMARY_LINK_DOWN);
        assertEquals(told(both, PRIMARY_LINK_DOWN), later);
        assertEquals(STANDBY, FailoverPolicy.active(told(both, FailoverPolicy.PRIMARY_LEAVING)));
        assertEquals(PRIMARY, FailoverPolicy.active(told(both, FailoverPolicy.STANDBY_LEAVING)));
    }

    /** A part of a side that carries nothing is no reason to leave it. */
    @Test
    void shouldHearOfAFailureOnlyFromThePrimaryThatTransmits() {
        int both = new Inputs(true, true, true, true).state();
        assertEquals(STANDBY, FailoverPolicy.active(told(both, FailoverPolicy.PRIMARY_FAILED)));
        int onStandby = told(both, FailoverPolicy.FORCED_STANDBY);
        assertEquals(onStandby, told(onStandby, FailoverPolicy.PRIMARY_FAILED));
    }
}
