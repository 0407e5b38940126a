package io.twinport.perf.report;

import io.twinport.perf.statistics.Ratio;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a result as lines of text: numbers in the same way on each machine. */
public final class Printer {
    private final PrintStream out;

    public Printer(PrintStream out) {
        this.out = out;
    }

    /** A line. */
    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
    public void say(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }

    /** Lines that are ready. */
    public void lines(List<String> lines) {
        lines.forEach(out::println);
    }

    /** A table of ratios with their intervals. */
    public void ratios(String title, Map<String, Ratio> ratios) {
        say("%-28s %8s %8s %8s   %s", title, "median", "min", "max", "95 % interval of the median");
        ratios.forEach((name, ratio) -> say(
                "%-28s %8.3f %8.3f %8.3f   %.3f to %.3f",
                name, ratio.median(), ratio.min(), ratio.max(), ratio.low(), ratio.high()));
    }
}
