package io.twinport.perf.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/** Files in HdrHistogram's text form. */
public final class Hgrm {
    private static final double MICROSECOND = 1e3;

    private Hgrm() {}

    public static String file(String prefix, String name) {
        return prefix + "-" + name + ".hgrm";
    }

    /** Writes a histogram of nanoseconds, in microseconds: the field's custom. */
    public static void write(String prefix, String name, Histogram nanos) throws IOException {
        Path file = Path.of(file(prefix, name));
        try (PrintStream stream = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            nanos.outputPercentileDistribution(stream, MICROSECOND);
        }
    }
}
