package io.twinport.control.host.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameWatchTest {
    private static final long MILLI = 1_000_000;

    private final FrameWatch watch = new FrameWatch();

    private void look(long startMillis, Map<Side, FrameWatch.Count> counts) {
        watch.look(startMillis * MILLI, (startMillis + 10) * MILLI, counts);
    }

    private static FrameWatch.Count count(long fromGuest, long toGuest, long dropped) {
        return new FrameWatch.Count(fromGuest, toGuest, dropped);
    }

    @Test
    void shouldSayNothingWhereNothingWasSeen() {
        look(100, Map.of());
        assertEquals("", watch.progress());
        assertEquals("", watch.summary());
    }

    @Test
    void shouldCountFromTheStartOfTheMigrationAtTheSourceAndAllAtTheTarget() {
        look(100, Map.of(Side.SOURCE, count(1000, 2000, 5)));
        look(200, Map.of(Side.SOURCE, count(1010, 2020, 6)));
        look(300, Map.of(Side.TARGET, count(0, 3, 0)));
        look(400, Map.of(Side.TARGET, count(7, 8, 1)));
        assertEquals("17 frames from the guest, 28 to it", watch.progress());
        assertEquals(
                "at the standby while the guest was migrated: 17 frames from the guest, 28 to it, 2 dropped that it did not"
                        + " fetch; longest time without one from it: at most 310 ms",
                watch.summary());
    }

    /** A frame may have come as soon as the look before had begun, and the next one as late as the look after has ended. */
    @Test
    void shouldTellABoundOfTheLongestGap() {
        long[] frames = {0, 10, 20, 20, 20, 21};
        for (int i = 0; i < frames.length; i++) {
            look(100 * (i + 1), Map.of(Side.SOURCE, count(frames[i], 0, 0)));
        }
        // Seen by the look at 300, which began after that at 200, and again by the one that ended at 610.
        assertEquals(
                "at the standby while the guest was migrated: 21 frames from the guest, 0 to it, 0 dropped that it did not"
                        + " fetch; longest time without one from it: at most 410 ms",
                watch.summary());
    }

    @Test
    void shouldNotTellAGapOfAGuestThatIsSilent() {
        look(100, Map.of(Side.SOURCE, count(5, 0, 0)));
        look(200, Map.of(Side.SOURCE, count(6, 0, 0)));
        look(300, Map.of(Side.SOURCE, count(6, 4, 0)));
        assertEquals(
                "at the standby while the guest was migrated: 1 frames from the guest, 4 to it, 0 dropped that it did not"
                        + " fetch; it has sent too few to tell a gap",
                watch.summary());
    }
}
