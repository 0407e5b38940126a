package io.twinport.dataplane.failover;

import static io.twinport.dataplane.policy.FailoverPolicy.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PolicyTimersTest {
    private static final long WAIT = 1000;
    private static final long SETTLE = 10_000;
    private final PolicyTimers timers = new PolicyTimers(Duration.ofNanos(WAIT), Duration.ofNanos(SETTLE));

    private static int on(int mode, int... events) {
        int state = next(INITIAL, mode);
        for (int event : new int[] {STANDBY_JOINED, STANDBY_LINK_UP, PRIMARY_JOINED, PRIMARY_LINK_UP}) {
            state = next(state, event);
        }
        for (int event : events) {
            state = next(state, event);
        }
        return state;
    }

    @Test
    void shouldEndWaitOnce() {
        timers.follow(on(FAILBACK_DELAYED), 5);
        assertTrue(timers.isRunning());
        assertEquals(PolicyTimers.NONE, timers.due(5 + WAIT - 1));
        assertEquals(WAIT_OVER, timers.due(5 + WAIT));
        assertEquals(PolicyTimers.NONE, timers.due(5 + WAIT));
        assertFalse(timers.isRunning());
    }

    @Test
    void shouldNotStartAnewWhileItRuns() {
        timers.follow(on(FAILBACK_DELAYED), 5);
        timers.follow(on(FAILBACK_DELAYED, DAMPING_ON), 900);
        assertEquals(WAIT_OVER, timers.due(5 + WAIT));
    }

    @Test
    void shouldWaitForAsLongAsItIsToldNext() {
        timers.follow(on(FAILBACK_DELAYED), 5);
        timers.setWait(3 * WAIT);
        assertEquals(WAIT_OVER, timers.due(5 + WAIT), "a wait that runs goes on");
        timers.follow(on(FAILBACK_DELAYED, PRIMARY_LINK_DOWN), 2000);
        timers.follow(on(FAILBACK_DELAYED), 3000);
        assertEquals(PolicyTimers.NONE, timers.due(3000 + 3 * WAIT - 1));
        assertEquals(WAIT_OVER, timers.due(3000 + 3 * WAIT));
    }

    @Test
    void shouldForgetWaitOfPrimaryThatFailsAgain() {
        timers.follow(on(FAILBACK_DELAYED), 5);
        timers.follow(on(FAILBACK_DELAYED, PRIMARY_LINK_DOWN), 500);
        assertFalse(timers.isRunning());
        timers.follow(on(FAILBACK_DELAYED, PRIMARY_LINK_DOWN, PRIMARY_LINK_UP), 900);
        assertEquals(PolicyTimers.NONE, timers.due(5 + WAIT));
        assertEquals(WAIT_OVER, timers.due(900 + WAIT));
    }

    @Test
    void shouldTellThatPrimaryHasSettled() {
        timers.follow(on(FAILBACK_AT_ONCE), 7);
        assertEquals(PolicyTimers.NONE, timers.due(7 + SETTLE - 1));
        assertEquals(SETTLED, timers.due(7 + SETTLE));
    }
}
