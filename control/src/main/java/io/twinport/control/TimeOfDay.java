package io.twinport.control;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@link System#nanoTime} of a process as the time of day, {@code 01:12:03.123456}, in this machine's zone. */
public final class TimeOfDay {
    /** In place of an instant that cannot be one. */
    public static final String UNKNOWN = "unknown";

    private static final long LONGEST_NANOS = Duration.ofDays(36_525).toNanos();
    private static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");
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

    /** {@code unknown} for what is no instant of the process. */
    public String text(long nanos) {
        Instant instant = instant(nanos, start, startNanos);
        return instant == null ? UNKNOWN : FORMAT.format(instant.atZone(ZoneId.systemDefault()));
    }

    /**
     * An instant that a process has recorded.
     *
     * @param nanos {@code nanoTime} then
     * @param start of the process
     * @param startNanos {@code nanoTime} at the start
     * @return null where that is before the start or long after it, as only damage can make it
     */
    public static @Nullable Instant instant(long nanos, Instant start, long startNanos) {
        long since = nanos - startNanos;
        return since < 0 || since > LONGEST_NANOS || start.isBefore(Instant.EPOCH) || start.isAfter(LATEST)
                ? null
                : start.plusNanos(since);
    }
}
