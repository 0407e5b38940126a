package io.twinport.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.dataplane.failover.FailbackSettings;
import io.twinport.dataplane.policy.FailoverPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailbackSpecTest {
    @Test
    void shouldReadEachWayBack() {
        assertEquals(FailbackSettings.WHEN_PROVEN, FailbackSpec.parse("when-proven", false));
        assertEquals(FailbackSettings.AT_ONCE, FailbackSpec.parse("at-once", false));
        assertEquals(
                FailoverPolicy.FAILBACK_MANUAL,
                FailbackSpec.parse("manual", false).mode());
        assertEquals(
                new FailbackSettings(FailoverPolicy.FAILBACK_DELAYED, Duration.ofMillis(250), true),
                FailbackSpec.parse("delay:250", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "delay", "delay:", "delay:-1", "delay:1s", "delay:99999999", "At-Once", "never"})
    void shouldSayWhatIsNoWayBack(String text) {
        UserException e = assertThrows(UserException.class, () -> FailbackSpec.parse(text, false));
        assertTrue(String.valueOf(e.getMessage()).startsWith("--failback " + text), e::getMessage);
    }
}
