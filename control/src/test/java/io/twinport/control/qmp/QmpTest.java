package io.twinport.control.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class QmpTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(100);

    @TempDir
    private Path folder;

    private Path socket() {
        return folder.resolve("qmp");
    }

    private static boolean hasReader() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("qmp"));
    }

    private static void assertSays(String part, QmpException failure) {
        assertTrue(String.valueOf(failure.getMessage()).contains(part), failure::toString);
    }

    @Test
    void shouldNegotiateAndReturnWhatQemuReturns() throws Exception {
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.send(FakeQemu.GREETING);
            assertEquals("{\"execute\":\"qmp_capabilities\"}", connection.take());
            connection.send("{\"return\":{},\"id\":1}");
            assertEquals("{\"execute\":\"set_link\",\"arguments\":{\"name\":\"pr\"}}", connection.take());
            connection.send("{\"return\":{\"done\":true},\"id\":2}");
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                assertEquals("10.0.2", qmp.version());
                assertTrue(qmp.execute("set_link", Map.of("name", "pr"))
                        .path("done")
                        .asBoolean());
            }
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldTellRepliesFromEventsAndFromEachOther() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            connection.take();
            connection.take();
            connection.send("{\"event\":\"DEVICE_DELETED\",\"data\":{\"device\":\"sb\"},\"timestamp\":{}}");
            connection.send("{\"return\":\"for 3\",\"id\":3}");
            connection.send("{\"event\":\"STOP\",\"timestamp\":{}}");
            connection.send("{\"event\":\"DEVICE_DELETED\",\"data\":{\"device\":\"pr\"},\"timestamp\":{}}");
            connection.send("{\"return\":\"for 2\",\"id\":2}");
            both.await();
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                List<String> replies = Collections.synchronizedList(new ArrayList<>());
                for (int i = 0; i < 2; i++) {
                    Thread.ofVirtual().start(() -> {
                        replies.add(qmp.execute("query-status").asString());
                        both.countDown();
                    });
                }
                assertEquals(
                        "pr",
                        qmp.awaitEvent("DEVICE_DELETED", event -> event.has("device", "pr"), LIMIT)
                                .data()
                                .path("device")
                                .asString());
                // Those that came before it are still there, and each is taken once.
                assertTrue(qmp.awaitEvent("STOP", LIMIT).data().isEmpty());
                assertTrue(qmp.awaitEvent("DEVICE_DELETED", LIMIT).has("device", "sb"));
                both.await();
                assertEquals(
                        List.of("for 2", "for 3"), replies.stream().sorted().toList());
            }
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldNameTheCommandAndQemusWordsWhenItRefuses() throws Exception {
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            connection.take();
            connection.send("{\"id\":2,\"error\":{\"class\":\"DeviceNotFound\",\"desc\":\"Device 'pr' not found\"}}");
            connection.take();
            connection.send("{\"return\":{},\"id\":3}");
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                QmpException refused =
                        assertThrows(QmpException.class, () -> qmp.execute("device_del", Map.of("id", "pr")));
                assertEquals(
                        "device_del{id=pr}: QEMU says DeviceNotFound: Device 'pr' not found", refused.getMessage());
                assertTrue(qmp.execute("cont").isEmpty());
            }
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldGiveUpInTimeAndDropTheLateReply() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            connection.take();
            late.await();
            connection.send("{\"return\":\"late\",\"id\":2}");
            connection.take();
            connection.send("{\"return\":\"in time\",\"id\":3}");
            assertEquals("", connection.take()); // until it is closed
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                QmpException slow =
                        assertThrows(QmpException.class, () -> qmp.execute("migrate", Map.of("uri", "unix:x"), SHORT));
                assertEquals("migrate{uri=unix:x}: no answer from QEMU within 100 ms", slow.getMessage());
                late.countDown();
                assertEquals("in time", qmp.execute("query-migrate").asString());
                QmpException none = assertThrows(QmpException.class, () -> qmp.awaitEvent("RESUME", SHORT));
                assertSays("no event RESUME within 100 ms", none);
            }
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldRefuseCommandsThatCouldFillTheSocket() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            end.await(); // and reads nothing
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                String longest = "x".repeat(Qmp.LONGEST_COMMAND - 100);
                assertThrows(QmpException.class, () -> qmp.execute("echo", Map.of("text", longest + "x".repeat(100))));
                for (int i = 0; i < Qmp.UNANSWERED - 1; i++) {
                    assertThrows(
                            QmpException.class,
                            () -> qmp.execute("echo", Map.of("text", longest), Duration.ofMillis(5)));
                }
                QmpException refused = assertThrows(QmpException.class, () -> {
                    qmp.execute("cont", Map.of(), Duration.ofMillis(5));
                    qmp.execute("cont", Map.of(), Duration.ofMillis(5));
                });
                assertSays("cont{}: ", refused);
            }
            end.countDown();
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldFailAtOnceAndLeaveNoThreadWhenQemuGoesAway() throws Exception {
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            connection.take();
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                QmpException gone = assertThrows(QmpException.class, () -> qmp.execute("quit"));
                assertEquals("quit{}: QEMU has closed the connection", gone.getMessage());
                assertThrows(QmpException.class, () -> qmp.awaitEvent("SHUTDOWN", LIMIT));
                assertThrows(QmpException.class, () -> qmp.execute("quit"));
                assertTrue(Pause.until(() -> !hasReader(), 5000));
            }
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldFailWhoWaitsWhenItIsClosed() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            connection.take();
            asked.countDown();
            end.await();
        })) {
            List<String> failures = Collections.synchronizedList(new ArrayList<>());
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                Thread waiting = Thread.ofVirtual()
                        .start(() -> failures.add(assertThrows(QmpException.class, () -> qmp.execute("stop"))
                                .getMessage()));
                asked.await();
                qmp.close();
                assertFalse(hasReader());
                waiting.join();
            }
            assertEquals(List.of("stop{}: closed"), failures);
            end.countDown();
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldEndTheConnectionAtWhatIsNoMessage() throws Exception {
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            connection.take();
            connection.send("HMP, not QMP");
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                QmpException broken = assertThrows(QmpException.class, () -> qmp.execute("stop"));
                assertSays("no JSON", broken);
            }
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldEndTheConnectionAtALineWithoutEnd() throws Exception {
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> {
            connection.greet();
            connection.take();
            String piece = "x".repeat(1 << 16);
            assertThrows(java.io.IOException.class, () -> {
                for (int i = 0; i < 2 * (QmpLines.LONGEST >> 16); i++) {
                    connection.out().write(piece);
                    connection.out().flush();
                }
            });
        })) {
            try (Qmp qmp = Qmp.connect(socket(), LIMIT)) {
                QmpException broken = assertThrows(QmpException.class, () -> qmp.execute("query-qmp-schema"));
                assertSays("a message of more than", broken);
            }
            qemu.awaitEnd();
        }
    }

    @Test
    void shouldSayWhichSocketDoesNotAnswerOrGreet() throws Exception {
        QmpException absent = assertThrows(QmpException.class, () -> Qmp.connect(socket(), LIMIT));
        assertSays(socket().toString(), absent);
        CountDownLatch end = new CountDownLatch(1);
        try (FakeQemu qemu = new FakeQemu(socket(), connection -> end.await())) {
            QmpException silent = assertThrows(QmpException.class, () -> Qmp.connect(socket(), SHORT));
            assertEquals("the greeting at " + socket() + ": no answer from QEMU within 100 ms", silent.getMessage());
            assertFalse(hasReader());
            end.countDown();
            qemu.awaitEnd();
        }
    }
}
