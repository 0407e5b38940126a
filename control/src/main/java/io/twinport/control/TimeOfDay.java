package io.twinport.control;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@link System#nanoTime} of a process as the time of day, {@code 01:12:03.123456}, in this machine's zone. */
public final class TimeOfDay {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

    private final Instant start;
    private final long startNanos;

    /** @param startNanos what {@code nanoTime} was at {@code start} */
    public TimeOfDay(Instant start, long startNanos) {
        this.start = start;
        this.startNanos = startNanos;
    }

    public String text(long nanos) {
        return FORMAT.format(start.plusNanos(nanos - startNanos).atZone(ZoneId.systemDefault()));
    }
}
