package io.twinport.perf.report;

import io.twinport.control.HistogramFile;
import java.io.IOException;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/** Files of histograms, several of one measurement. */
public final class Hgrm {
    private Hgrm() {}

    public static String file(String prefix, String name) {
        return prefix + "-" + name + ".hgrm";
    }

    /** Writes a histogram of nanoseconds. */
    public static void write(String prefix, String name, Histogram nanos) throws IOException {
        HistogramFile.write(Path.of(file(prefix, name)), nanos);
    }
}
