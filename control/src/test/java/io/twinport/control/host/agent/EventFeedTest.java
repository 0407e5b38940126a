package io.twinport.control.host.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twinport.control.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventFeedTest {
    private static final String TIME = "{\"time\":\"2026-12-01T16:00:00.123Z\",";

    private final EventFeed feed =
            new EventFeed(Clock.fixed(Instant.parse("2026-12-01T16:00:00.123Z"), ZoneOffset.UTC));

    /** What a reader gets if this happens once it has its first line. */
    private List<String> read(Runnable what) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        feed.write(out, () -> {
            if (out.toString(StandardCharsets.UTF_8).lines().count() == 1) {
                what.run();
            }
            return false;
        });
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private void tell(int events) {
        IntStream.range(0, events).forEach(i -> feed.tell(new HostEvent("vm" + i, HostEvent.Kind.STARTED, "")));
    }

    private static String started(int i) {
        return TIME + "\"event\":\"started\",\"word\":\"host\",\"guest\":\"vm" + i + "\"}";
    }

    @Test
    void shouldSayWhoseWordEachLineIs() throws IOException {
        tell(1); // nobody reads it
        assertEquals(
                List.of(
                        TIME + "\"event\":\"not_listening\",\"word\":\"host\"}",
                        TIME + "\"event\":\"listening\",\"word\":\"host\"}",
                        TIME + "\"event\":\"failover_negotiated\",\"word\":\"guest\",\"guest\":\"a \\\"b\\\"\","
                                + "\"device\":\"ua-backup0\"}",
                        TIME + "\"event\":\"disabled\",\"word\":\"host\",\"guest\":\"vm01\",\"device\":\"ua-vf\"}",
                        TIME + "\"event\":\"enabled\",\"word\":\"guest\",\"guest\":\"vm01\",\"device\":\"ua-vf\","
                                + "\"fault\":\"a; b\"}",
                        started(0)),
                read(() -> {
                    feed.listen(true);
                    feed.tell(new HostEvent("a \"b\"", HostEvent.Kind.FAILOVER_NEGOTIATED, "ua-backup0"));
                    feed.tell(EventFeed.Change.DISABLED, EventFeed.Word.HOST, "vm01", "ua-vf", List.of());
                    feed.tell(EventFeed.Change.ENABLED, EventFeed.Word.GUEST, "vm01", "ua-vf", List.of("a", "b"));
                    tell(1);
                }));
        assertEquals(2, feed.count("started"));
        assertEquals(1, feed.count("enabled"));
        assertEquals(0, feed.dropped());
        assertEquals(List.of(TIME + "\"event\":\"listening\",\"word\":\"host\"}"), read(() -> {}));
    }

    @Test
    void shouldSayHowManyLinesASlowReaderHasLost() throws IOException {
        List<String> lines = read(() -> tell(1500));
        String lost = TIME + "\"event\":\"dropped\",\"word\":\"host\",\"lines\":500}";
        assertEquals(1002, lines.size());
        assertEquals(started(999), lines.get(1000));
        assertEquals(lost, lines.getLast());
        assertEquals(500, feed.dropped());
        assertEquals(0, feed.readers());
    }

    /** The gap stands where the lines are missing, before those that come after it. */
    @Test
    void shouldSayItWhereTheyAreMissing() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BooleanSupplier wanted = () -> {
            long written = out.toString(StandardCharsets.UTF_8).lines().count();
            if (written == 1) {
                tell(1003);
            } else if (written == 11) { // ten are taken
                tell(1);
            }
            return false;
        };
        feed.write(out, wanted);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(
                List.of(started(999), TIME + "\"event\":\"dropped\",\"word\":\"host\",\"lines\":3}", started(0)),
                lines.subList(lines.size() - 3, lines.size()));
    }

    @Test
    void shouldForgetAReaderThatHasGone() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThrows(IOException.class, () -> feed.write(gone, () -> true));
        assertEquals(0, feed.readers());
        tell(1);
        assertEquals(0, feed.dropped());
    }

    @Test
    void shouldHaveRoomForHooks() throws IOException {
        nest(8);
        feed.checkRoom();
    }

    /** Readers, each of which begins while another one reads. */
    private void nest(int readers) throws IOException {
        if (readers == 0) {
            assertEquals(8, feed.readers());
            UserException full = assertThrows(UserException.class, feed::checkRoom);
            assertEquals("8 processes read the agent's events already, and no more can. End one.", full.getMessage());
            return;
        }
        feed.checkRoom();
        OutputStream next = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (b == '\n') {
                    nest(readers - 1);
                }
            }
        };
        feed.write(next, () -> false);
    }
}
