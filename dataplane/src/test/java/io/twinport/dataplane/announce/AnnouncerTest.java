package io.twinport.dataplane.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.Sides;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
    private static final long INTERVAL = 1000;

    private final List<byte[]> sent = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>(List.of(new byte[1], new byte[2]));
    private final Announcer announcer = new Announcer(() -> frames, sent::add, 3, Duration.ofNanos(INTERVAL));

    @Test
    void shouldAnnounceAtOnceAndThenAtIntervals() {
        announcer.switched(Sides.STANDBY, 5);
        assertEquals(frames, sent);
        announcer.tick(5 + INTERVAL - 1);
        assertEquals(2, sent.size());
        announcer.tick(5 + INTERVAL);
        assertEquals(4, sent.size());
        announcer.tick(5 + 5 * INTERVAL);
        announcer.tick(5 + 9 * INTERVAL);
        assertEquals(6, sent.size(), "three times in all");
    }

    @Test
    void shouldBeSilentWhenNobodyTransmits() {
        announcer.switched(Sides.STANDBY, 0);
        announcer.switched(Sides.NONE, 1);
        announcer.tick(INTERVAL);
        assertEquals(2, sent.size());
    }

    @Test
    void shouldStartAnewAtEachSwitch() {
        announcer.switched(Sides.STANDBY, 0);
        frames.remove(0);
        announcer.switched(Sides.PRIMARY, 1);
        announcer.tick(1 + INTERVAL);
        announcer.tick(1 + 2 * INTERVAL);
        announcer.tick(1 + 3 * INTERVAL);
        assertEquals(2 + 3, sent.size(), "addresses are asked for each time");
    }
}
