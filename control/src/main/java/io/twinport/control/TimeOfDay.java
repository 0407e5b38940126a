package io.twinport.control;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@link System#nanoTime} of a process as the time of day, {@code 01:12:03.123456}, in this machine's zone. */
public final class TimeOfDay {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

    private final long startNanos;
    private volatile Instant start;

    /**
     * @param startMillis since 1970
     * @param startNanos what {@code nanoTime} was then
     */
    public TimeOfDay(long startMillis, long startNanos) {
        this.start = Instant.ofEpochMilli(startMillis);
        this.startNanos = startNanos;
    }

    /** The clock has been set: what the start was by the new one. */
    public void setStart(long startMillis) {
        start = Instant.ofEpochMilli(startMillis);
    }

    public String text(long nanos) {
        return FORMAT.format(start.plusNanos(nanos - startNanos).atZone(ZoneId.systemDefault()));
    }
}
