package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.control.TimeOfDay;
import io.twinport.dataplane.cnc.CncFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.CachedEpochClock;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClockWatchTest {
    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final CachedEpochClock epoch = new CachedEpochClock();
    private final CachedNanoClock nanos = new CachedNanoClock();
    private final List<String> lines = new ArrayList<>();
    private CncFile cnc;
    private TimeOfDay time;
    private ClockWatch watch;
    private long startMillis;

    @BeforeEach
    void start(@TempDir Path folder) {
        cnc = CncFile.create(folder.resolve("clock.cnc"));
        startMillis = cnc.startMillis();
        time = new TimeOfDay(startMillis, cnc.startNanos());
        epoch.update(startMillis);
        nanos.update(cnc.startNanos());
        watch = new ClockWatch(cnc, time, (level, text) -> lines.add(text), epoch, nanos);
    }

    @AfterEach
    void end() {
        cnc.close();
    }

    private void pass(long millis) {
        epoch.advance(millis);
        nanos.advance(TimeUnit.MILLISECONDS.toNanos(millis));
        watch.onTick(nanos.nanoTime());
    }

    private String startOfDay() {
        return time.text(cnc.startNanos());
    }

    @Test
    void shouldLeaveTimesAloneWhileClocksAgree() {
        pass(HOUR_MILLIS);
        epoch.advance(90); // slewed
        pass(HOUR_MILLIS);
        assertEquals(List.of(), lines);
        assertEquals(startMillis, cnc.startMillis());
    }

    @Test
    void shouldTellAllTimesByTheNewClock() {
        String before = startOfDay();
        pass(HOUR_MILLIS);
        epoch.advance(-24 * HOUR_MILLIS - 500);
        pass(2_000);
        assertEquals(startMillis - 24 * HOUR_MILLIS - 500, cnc.startMillis());
        assertEquals(new TimeOfDay(startMillis - 24 * HOUR_MILLIS - 500, 0).text(0), startOfDay());
        assertEquals(1, lines.size(), lines::toString);
        assertEquals(
                "the clock has been set by -86400.5 s, and these times and the history's with it", lines.getFirst());

        pass(HOUR_MILLIS);
        assertEquals(1, lines.size(), lines::toString);
        epoch.advance(24 * HOUR_MILLIS + 500);
        pass(2_000);
        assertEquals(before, startOfDay());
        assertEquals(startMillis, cnc.startMillis());
        assertEquals(2, lines.size(), lines::toString);
    }
}
