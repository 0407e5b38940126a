package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final int AWAIT_MILLIS = 10_000;
    private static final Duration LIMIT = Duration.ofMillis(300);

    private final List<String> ends = new CopyOnWriteArrayList<>();
    private volatile boolean pending;

    @Test
    void shouldEndTheProcessOnlyWhenARequestStaysUnanswered() {
        try (Watchdog watchdog = new Watchdog(LIMIT, ends::add)) {
            watchdog.watch("primary 0000:01:00.0", () -> pending);
            watchdog.watch("standby 0000:02:00.0", () -> false);
            watchdog.start();
            for (int i = 0; i < 4; i++) {
                pending = true;
                Pause.millis(120);
                pending = false;
                Pause.millis(60);
            }
            assertEquals(List.of(), ends, "each was answered in time");
            long start = System.nanoTime();
            pending = true;
            assertTrue(Pause.until(() -> !ends.isEmpty(), AWAIT_MILLIS));
            assertTrue(System.nanoTime() - start >= LIMIT.toNanos());
            assertEquals("primary 0000:01:00.0 has not been given back within 0.3 s", ends.getFirst());
        }
    }
}
