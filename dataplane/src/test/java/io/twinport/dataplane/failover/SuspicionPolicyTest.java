package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;
import static io.twinport.dataplane.failover.FailoverPolicy.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** U9, U10: links that are up and mean nothing. */
class SuspicionPolicyTest {
    private int state = after(INITIAL, PRIMARY_JOINED, PRIMARY_LINK_UP, STANDBY_JOINED, STANDBY_LINK_UP);

    /** U10. */
    @ParameterizedTest
    @ValueSource(ints = {PRIMARY_SILENT, PRIMARY_STALLED})
    void shouldLeavePrimaryThatIsSuspected(int suspicion) {
        tell(suspicion);
        assertEquals(STANDBY, active(state));
        assertTrue(isPrimarySuspect(state));
    }

    /** U12: neither time nor the kernel's rule brings a silent primary back, only a frame does. */
    @ParameterizedTest
    @ValueSource(ints = {FAILBACK_AT_ONCE, FAILBACK_WHEN_PROVEN})
    void shouldTakeSilentPrimaryBackWithFrame(int failback) {
        tell(failback, PRIMARY_SILENT);
        assertFalse(waits(state), "no time ends it");
        tell(WAIT_OVER);
        assertEquals(STANDBY, active(state));
        assertTrue(waitsForProof(state));
        tell(PRIMARY_PROVEN);
        assertEquals(PRIMARY, active(state));
        assertFalse(isPrimarySuspect(state));
    }

    @Test
    void shouldLetOperatorDecideAfterSilenceWhereFailbackIsManual() {
        tell(FAILBACK_MANUAL, PRIMARY_SILENT, PRIMARY_PROVEN);
        assertEquals(STANDBY, active(state));
        assertFalse(isPrimarySuspect(state));
        tell(FAILBACK_COMMANDED);
        assertEquals(PRIMARY, active(state));
    }

    @Test
    void shouldLetOperatorOverruleSuspicion() {
        tell(PRIMARY_STALLED, FAILBACK_COMMANDED);
        assertEquals(PRIMARY, active(state));
        tell(PRIMARY_SILENT, FORCED_PRIMARY);
        assertEquals(PRIMARY, active(state));
        assertFalse(isPrimarySuspect(state), "it transmits, and is watched anew");
    }

    /** U10: a frame that comes proves nothing of one that sends nothing. */
    @Test
    void shouldTakeStalledPrimaryBackWhenItSendsAgain() {
        tell(PRIMARY_STALLED, PRIMARY_PROVEN);
        assertEquals(STANDBY, active(state));
        tell(PRIMARY_RESUMED);
        assertEquals(PRIMARY, active(state));
    }

    @Test
    void shouldWaitForProofAfterStall() {
        tell(FAILBACK_WHEN_PROVEN, PRIMARY_STALLED, PRIMARY_RESUMED);
        assertEquals(STANDBY, active(state));
        assertTrue(waitsForProof(state));
        tell(PRIMARY_PROVEN);
        assertEquals(PRIMARY, active(state));
    }

    @Test
    void shouldForgetSuspicionWithLink() {
        tell(PRIMARY_SILENT, PRIMARY_STALLED, PRIMARY_LINK_DOWN, PRIMARY_LINK_UP);
        assertEquals(PRIMARY, active(state));
        assertFalse(isPrimarySuspect(state));
    }

    /** There is nowhere to go, so nothing is held against it. */
    @Test
    void shouldStayOnSuspectedPrimaryWithoutStandby() {
        tell(STANDBY_LINK_DOWN, PRIMARY_SILENT);
        assertEquals(PRIMARY, active(state));
        tell(STANDBY_LINK_UP);
        assertEquals(PRIMARY, active(state));
    }

    @Test
    void shouldComeBackFromStandbyThatFails() {
        tell(PRIMARY_SILENT, STANDBY_LINK_DOWN);
        assertEquals(PRIMARY, active(state));
    }

    /** U9: refused while the primary moves packets. */
    @Test
    void shouldNotMoveToDeadStandbyWhilePrimaryMovesPackets() {
        tell(STANDBY_DEAD, PRIMARY_LEAVING);
        assertEquals(PRIMARY, active(state));
        tell(PRIMARY_LEFT);
        assertEquals(STANDBY, active(state), "then it does not any more");
    }

    /** U9. */
    @ParameterizedTest
    @ValueSource(ints = {PRIMARY_LINK_DOWN, PRIMARY_LEFT, PRIMARY_STALLED, PRIMARY_SILENT})
    void shouldMoveToDeadStandbyWhenPrimaryMovesNothing(int event) {
        tell(STANDBY_DEAD, event);
        assertEquals(STANDBY, active(state));
    }

    /** U9: an operator may know better. */
    @Test
    void shouldObeyOperatorWhoForcesDeadStandby() {
        tell(STANDBY_DEAD, FORCED_STANDBY);
        assertEquals(STANDBY, active(state));
        tell(FORCED_NONE);
        assertEquals(PRIMARY, active(state));
    }

    /** No proof is waited for on a side that moves nothing. */
    @Test
    void shouldLeaveDeadStandbyAsSoonAsPrimaryIsReady() {
        tell(FAILBACK_WHEN_PROVEN, STANDBY_DEAD, PRIMARY_LINK_DOWN);
        assertEquals(STANDBY, active(state));
        tell(PRIMARY_LINK_UP);
        assertEquals(PRIMARY, active(state));
    }

    @ParameterizedTest
    @ValueSource(ints = {STANDBY_ALIVE, STANDBY_LINK_DOWN, STANDBY_LEFT})
    void shouldForgetThatStandbyWasDead(int event) {
        tell(STANDBY_DEAD);
        assertTrue(isStandbyDead(state));
        tell(event);
        assertFalse(isStandbyDead(state));
    }

    /** A suspicion that comes back at once after each failback is a flap. */
    @Test
    void shouldDampPrimaryThatIsSuspectedAgainAndAgain() {
        tell(FAILBACK_WHEN_PROVEN, DAMPING_ON, PRIMARY_LINK_DOWN, PRIMARY_LINK_UP, PRIMARY_PROVEN);
        for (int i = 0; i < FREE_FLAPS; i++) {
            assertEquals(PRIMARY, active(state));
            tell(PRIMARY_SILENT, PRIMARY_PROVEN);
        }
        assertEquals(STANDBY, active(state), "damped: no frame shortens the wait");
        assertTrue(waits(state));
        tell(WAIT_OVER);
        assertEquals(PRIMARY, active(state));
    }

    private void tell(int... events) {
        state = after(state, events);
    }

    private static int after(int state, int... events) {
        for (int event : events) {
            state = next(state, event);
        }
        return state;
    }
}
