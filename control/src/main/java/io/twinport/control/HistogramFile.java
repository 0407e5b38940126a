package io.twinport.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/** Files in HdrHistogram's text form. */
public final class HistogramFile {
    private static final double MICROSECOND = 1e3;

    private HistogramFile() {}

    /**
     * Writes a histogram of nanoseconds, in microseconds: the field's custom.
     *
     * @throws IOException whose message is for the user
     */
    public static void write(Path file, Histogram nanos) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        nanos.outputPercentileDistribution(new PrintStream(text, true, StandardCharsets.UTF_8), MICROSECOND);
        OutputFile.write("--hgrm", file, text.toString(StandardCharsets.UTF_8));
    }
}
