package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private static final int AWAIT_MILLIS = 20_000;
    private static final int A_WHILE_MILLIS = 300;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final List<Boolean> told = new CopyOnWriteArrayList<>();
    private final AtomicLong beats = new AtomicLong();
    private final AtomicLong others = new AtomicLong();
    private final Heartbeats heartbeats = new Heartbeats((level, line) -> lines.add(line), errors::add);
    private volatile boolean isTurning = true;

    @AfterEach
    void close() {
        heartbeats.close();
    }

    private void watch() {
        heartbeats.watch(
                "poll", () -> isTurning ? beats.incrementAndGet() : beats.get(), "wan stands still", told::add);
        heartbeats.watch("conductor", others::incrementAndGet, "nothing is said", hangs -> {});
    }

    @Test
    void shouldNoticeThatAThreadHangsAndThatItTurnsAgain() {
        watch();
        heartbeats.start();
        Pause.millis(A_WHILE_MILLIS);
        assertEquals(List.of(), heartbeats.hanging());

        isTurning = false;
        assertTrue(Pause.until(() -> heartbeats.isHanging("poll"), AWAIT_MILLIS));
        assertTrue(Pause.until(() -> !lines.isEmpty(), AWAIT_MILLIS));
        assertTrue(
                lines.getFirst().matches("the thread poll has not turned for \\d+\\.\\d s: wan stands still"),
                lines.getFirst());
        assertEquals(List.of(true), told);
        assertEquals(List.of("poll"), heartbeats.hangingThreads());
        assertEquals(List.of("poll", "conductor"), heartbeats.threads());
        Duration first = heartbeats.hanging().getFirst().time();
        assertTrue(first.compareTo(Duration.ofSeconds(2)) >= 0, first::toString);
        assertTrue(
                Pause.until(() -> heartbeats.hanging().getFirst().time().compareTo(first) > 0, AWAIT_MILLIS),
                "it becomes longer");

        isTurning = true;
        assertTrue(Pause.until(() -> lines.size() == 2, AWAIT_MILLIS));
        assertTrue(lines.getLast().matches("the thread poll turns again, after \\d+\\.\\d s"), lines.getLast());
        assertEquals(List.of(true, false), told);
        assertFalse(heartbeats.isHanging("poll"));
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldTellWhenAHangHasLastedTooLong() {
        List<Heartbeats.Hang> ends = new CopyOnWriteArrayList<>();
        watch();
        isTurning = false;
        heartbeats.endAfter(Duration.ofSeconds(3), ends::add);
        heartbeats.start();
        assertTrue(Pause.until(() -> !ends.isEmpty(), AWAIT_MILLIS));
        assertEquals("poll", ends.getFirst().thread());
        assertTrue(ends.getFirst().time().compareTo(Duration.ofSeconds(3)) >= 0, ends::toString);
    }

    /** One that cannot be asked keeps the others from nothing. */
    @Test
    void shouldOutliveAThreadThatCannotBeAsked() {
        heartbeats.watch("first", beats::incrementAndGet, "", hangs -> {});
        AtomicLong looks = new AtomicLong();
        heartbeats.watch(
                "second",
                () -> {
                    if (looks.incrementAndGet() > 1) {
                        throw new IllegalStateException("it cannot be asked");
                    }
                    return 0;
                },
                "",
                hangs -> {});
        heartbeats.watch("poll", () -> 0, "wan stands still", told::add);
        heartbeats.start();
        assertTrue(Pause.until(() -> heartbeats.isHanging("poll"), AWAIT_MILLIS));
        assertFalse(errors.isEmpty());
    }
}
