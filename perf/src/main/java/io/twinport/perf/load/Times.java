package io.twinport.perf.load;

import java.util.List;
import org.HdrHistogram.Histogram;

/** Histograms of nanoseconds, and how processes tell them. */
public final class Times {
    static final long HIGHEST_NANOS = 60_000_000_000L;

    private Times() {}

    /** To 0.1 %; all its memory is there from the start. */
    public static Histogram newHistogram() {
        return new Histogram(HIGHEST_NANOS, 3);
    }

    /**
     * Reads lines {@code NAME NANOSECONDS COUNT}.
     *
     * @param name of the lines that count; others are skipped
     */
    static Histogram read(String name, List<String> lines) {
        Histogram times = newHistogram();
        for (String line : lines) {
            String[] fields = line.split(" ", -1);
            if (fields.length == 3 && fields[0].equals(name)) {
                times.recordValueWithCount(
                        Math.min(Long.parseLong(fields[1]), HIGHEST_NANOS), Long.parseLong(fields[2]));
            }
        }
        return times;
    }
}
