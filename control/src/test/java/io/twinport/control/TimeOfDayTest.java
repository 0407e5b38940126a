package io.twinport.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

class TimeOfDayTest {
    private static final long NANOS = -77;
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final long CENTURY = Duration.ofDays(36_525).toNanos();

    /** In this machine's zone. */
    private static String at(int hour, int minute, int second, int nanos) {
        return ZonedDateTime.of(2026, 5, 6, hour, minute, second, nanos, ZoneId.systemDefault())
                .toInstant()
                .toString();
    }

    private static TimeOfDay startedAt(String instant) {
        return new TimeOfDay(Instant.parse(instant).toEpochMilli(), NANOS);
    }

    @Test
    void shouldTellTheTimeOfAnInstantOfTheProcess() {
        TimeOfDay time = startedAt(at(1, 12, 3, 0));
        assertEquals("01:12:03.000000", time.text(NANOS));
        assertEquals("01:12:03.123456", time.text(NANOS + 123_456_789));
        assertEquals("01:13:03.000000", time.text(NANOS + 60_000_000_000L));
    }

    @Test
    void shouldGoByTheClockAsItIsSetNow() {
        TimeOfDay time = startedAt(at(1, 12, 3, 0));
        time.setStart(Instant.parse(at(15, 0, 0, 0)).toEpochMilli());
        assertEquals("15:00:01.000000", time.text(NANOS + 1_000_000_000));
    }

    @Test
    void shouldNotKnowWhatIsNoInstantOfTheProcess() {
        TimeOfDay time = startedAt(at(1, 12, 3, 0));
        assertEquals("unknown", time.text(NANOS - 1));
        assertEquals("unknown", time.text(Long.MIN_VALUE));
    }

    /** In a file that is damaged anything may stand. */
    @Test
    void shouldMakeNoInstantOfDamage() {
        assertEquals(START, TimeOfDay.instant(NANOS, START, NANOS));
        assertEquals(START.plusNanos(CENTURY), TimeOfDay.instant(NANOS + CENTURY, START, NANOS));
        assertNull(TimeOfDay.instant(NANOS + CENTURY + 1, START, NANOS));
        assertNull(TimeOfDay.instant(NANOS - 1, START, NANOS));
        assertNull(TimeOfDay.instant(NANOS, Instant.EPOCH.minusMillis(1), NANOS));
        assertNull(TimeOfDay.instant(NANOS, Instant.parse("9000-01-01T00:00:00.001Z"), NANOS));
        assertEquals(Instant.EPOCH, TimeOfDay.instant(NANOS, Instant.EPOCH, NANOS));
    }
}
