package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkTrustTest {
    private final LinkTrust trust = new LinkTrust(0);

    private boolean trusts(boolean up, long millis) {
        return trust.trusts(up, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void shouldTrustALinkThatWaversAtTheStart() {
        assertFalse(trusts(false, 0));
        assertTrue(trusts(true, 10));
        assertFalse(trusts(false, 20));
        assertTrue(trusts(true, 100));
        assertFalse(trust.needsRestart());
    }

    @Test
    void shouldNotTrustALinkThatWasAwayUntilRestarted() {
        assertTrue(trusts(true, 10));
        assertFalse(trusts(false, 5000));
        assertFalse(trust.needsRestart(), "as long as it is away a restart is of no use");
        assertFalse(trusts(true, 5010));
        assertFalse(trusts(true, 5900));
        assertFalse(trust.needsRestart(), "its PF may be coming up yet");
        assertFalse(trusts(false, 5910));
        assertFalse(trusts(true, 5920));
        assertFalse(trusts(true, 6900));
        assertFalse(trust.needsRestart());
        assertFalse(trusts(true, 6910));
        assertTrue(trust.needsRestart());
        assertFalse(trusts(true, 60_000));
    }
}
