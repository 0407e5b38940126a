package io.twinport.perf.failover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class TimelineTest {
    @Test
    void shouldReadTheLineThatItWrites() {
        Timeline timeline = Timeline.parse(new Timeline(25_000, new int[] {1, 2, 0}, new int[] {0, 0, 3}).toLine());
        assertEquals(25_000, timeline.cutAtNanos());
        assertArrayEquals(new int[] {1, 2, 0}, timeline.primary());
        assertArrayEquals(new int[] {0, 0, 3}, timeline.standby());
    }

    @Test
    void shouldShowWhatIsAroundTheSwitch() {
        int[] primary = new int[100];
        int[] standby = new int[100];
        standby[60] = 32;
        Timeline cropped = new Timeline(505_000, primary, standby).cropped(10, 5, 8);
        assertEquals(105_000, cropped.cutAtNanos(), "ten slots and a half into what is left");
        assertEquals(25, cropped.standby().length);
        assertEquals(32, cropped.standby()[20]);
    }

    @Test
    void shouldShowAllThatFollowsWhereTheStandbyIsSilent() {
        Timeline cropped = new Timeline(505_000, new int[100], new int[100]).cropped(10, 5, 8);
        assertEquals(60, cropped.primary().length);
    }

    @Test
    void shouldKnowARecordThatEndedBeforeTheCut() {
        assertTrue(new Timeline(999_999, new int[100], new int[100]).hasCut());
        assertFalse(new Timeline(1_000_000, new int[100], new int[100]).hasCut());
    }
}
