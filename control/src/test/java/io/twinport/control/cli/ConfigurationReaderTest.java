package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ConfigurationReaderTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Configuration SOME = new Configuration(new ProcessOptions(), List.of(), Map.of(), List.of());

    private final CountDownLatch server = new CountDownLatch(1);

    private Configuration readFromADeadServer() {
        boolean interrupted = true;
        while (interrupted) { // the kernel does not let go of such a reader either
            try {
                server.await();
                interrupted = false;
            } catch (InterruptedException e) {
                // once more
            }
        }
        return SOME;
    }

    private static void assertSaid(String part, ConfigurationReader reader) {
        UserException e = assertThrows(UserException.class, reader::read);
        assertTrue(String.valueOf(e.getMessage()).contains(part), e::getMessage);
    }

    @Test
    void shouldNumberWhatItHasRead() {
        ConfigurationReader reader = new ConfigurationReader(() -> SOME, SHORT);
        assertEquals(new ConfigurationReader.Reading(1, SOME), reader.read());
        assertEquals(new ConfigurationReader.Reading(2, SOME), reader.read());
    }

    @Test
    void shouldTellWhatIsWrongWithTheFile() {
        ConfigurationReader reader = new ConfigurationReader(
                () -> {
                    throw new UserException("x.yaml:1:1: wrong");
                },
                SHORT);
        assertSaid("x.yaml:1:1: wrong", reader);
        assertSaid("x.yaml:1:1: wrong", reader);
    }

    /** Whoever asks has an answer, one thread hangs, and all is well when the server is back. */
    @Test
    void shouldNotHangWhereTheFilesServerIsGone() {
        ConfigurationReader reader = new ConfigurationReader(this::readFromADeadServer, SHORT);
        assertSaid("has not been read within 200 ms", reader);
        for (int i = 0; i < 3; i++) {
            assertSaid("is being read already", reader);
        }
        assertEquals(
                1,
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("configuration"))
                        .count());
        server.countDown();
        Pause.millis(50);
        assertEquals(2, reader.read().number());
    }
}
