package io.twinport.perf.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SessionTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void shouldReadAnswers() {
        try (Session session = shell("while read x; do echo noise; echo \"got $x\"; echo end; done")) {
            session.say("this");
            assertEquals("this", session.await("got ", LIMIT));
            session.say("that");
            session.await("end", LIMIT);
            assertEquals(List.of("noise", "got that"), session.awaitAll("end", LIMIT));
        }
    }

    @Test
    void shouldTellTheLastWordsOfAProcessThatEnds() {
        try (Session session = shell("echo no such device >&2; exit 1")) {
            UserException e = assertThrows(UserException.class, () -> session.await("ready", LIMIT));
            assertTrue(("" + e.getMessage()).contains("no such device"), e.toString());
        }
    }

    @Test
    void shouldNotWaitForEverForAProcessThatHangs() {
        try (Session session = shell("echo busy; exec sleep 60")) {
            UserException e = assertThrows(UserException.class, () -> session.await("ready", Duration.ofMillis(300)));
            assertTrue(("" + e.getMessage()).contains("busy"), e.toString());
        }
    }

    private static Session shell(String script) {
        return Session.start("the shell", List.of("sh", "-c", script));
    }
}
