package io.twinport.dataplane.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.twinport.dataplane.Sides;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyTextTest {
    /** Both sides are ready and the primary transmits. */
    private static final int BOTH = after(
            FailoverPolicy.INITIAL,
            FailoverPolicy.PRIMARY_JOINED,
            FailoverPolicy.PRIMARY_LINK_UP,
            FailoverPolicy.STANDBY_JOINED,
            FailoverPolicy.STANDBY_LINK_UP);

    private static int after(int state, int... events) {
        int after = state;
        for (int event : events) {
            after = FailoverPolicy.next(after, event);
        }
        return after;
    }

    @Test
    void shouldHaveWordsOfItsOwnForEachEvent() {
        Set<String> words = new HashSet<>();
        for (int event = 0; event < FailoverPolicy.EVENTS; event++) {
            words.add(PolicyText.event(event));
            assertFalse(PolicyText.event(event).startsWith("event "), "event " + event);
        }
        assertEquals(FailoverPolicy.EVENTS, words.size());
        assertEquals("primary joined", PolicyText.event(FailoverPolicy.PRIMARY_JOINED));
        assertEquals("damping off", PolicyText.event(FailoverPolicy.DAMPING_OFF));
        assertEquals("primary failed", PolicyText.event(FailoverPolicy.PRIMARY_FAILED));
    }

    /** A file may have been written by a later version, or hold anything. */
    @Test
    void shouldGiveTheNumberOfAnEventThatItDoesNotKnow() {
        assertEquals("event 29", PolicyText.event(FailoverPolicy.EVENTS));
        assertEquals("event -1", PolicyText.event(-1));
    }

    @Test
    void shouldNameTheSides() {
        assertEquals("primary", PolicyText.side(Sides.PRIMARY));
        assertEquals("standby", PolicyText.side(Sides.STANDBY));
        assertEquals("none", PolicyText.side(Sides.NONE));
    }

    @Test
    void shouldSayWhereTheTrafficGoes() {
        int failed = after(BOTH, FailoverPolicy.PRIMARY_LINK_DOWN);
        assertEquals("primary -> standby", PolicyText.decision(BOTH, failed));
        assertEquals("standby -> primary", PolicyText.decision(failed, BOTH));
        assertEquals("standby -> none", PolicyText.decision(failed, after(failed, FailoverPolicy.STANDBY_LEFT)));
    }

    @Test
    void shouldSayWhatIsWaitedForWhereASideStays() {
        int onStandby = after(BOTH, FailoverPolicy.PRIMARY_LINK_DOWN);
        assertStays("primary stays", BOTH, FailoverPolicy.STANDBY_LINK_DOWN);
        assertStays("standby stays", onStandby, FailoverPolicy.DAMPING_ON);

        int whenProven = after(onStandby, FailoverPolicy.FAILBACK_WHEN_PROVEN);
        assertStays("standby stays, the primary waits for proof", whenProven, FailoverPolicy.PRIMARY_LINK_UP);
        int delayed = after(onStandby, FailoverPolicy.FAILBACK_DELAYED);
        assertStays("standby stays, the primary waits", delayed, FailoverPolicy.PRIMARY_LINK_UP);
        int silent = after(BOTH, FailoverPolicy.PRIMARY_SILENT);
        assertStays("standby stays, the primary is suspected", silent, FailoverPolicy.DAMPING_ON);
    }

    private static void assertStays(String text, int state, int event) {
        assertEquals(text, PolicyText.decision(state, after(state, event)));
    }
}
