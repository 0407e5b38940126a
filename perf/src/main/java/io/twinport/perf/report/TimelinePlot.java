package io.twinport.perf.report;

import java.util.Arrays;
import java.util.List;

/** What arrived by two ways in slots of time around an instant: the one upwards from the middle, the other downwards. */
public final class TimelinePlot {
    private static final int HEIGHT = 200;
    private static final int BELOW = 62;
    private static final int MIDDLE_GAP = 2;
    private static final String MARK = "#111111";
    private static final int TICKS = 8;

    private TimelinePlot() {}

    /**
     * @param slotMicros length of a slot
     * @param zeroMicros the instant, from the beginning of the first slot
     * @param zeroName what happened then
     * @param names of the two ways
     * @param upper counts by slot
     * @param lower as many
     */
    public static String svg(
            double slotMicros, double zeroMicros, String zeroName, List<String> names, int[] upper, int[] lower) {
        Svg svg = new Svg(HEIGHT, BELOW);
        int most = Math.max(1, Math.max(max(upper), max(lower)));
        double middle = Svg.TOP + HEIGHT / 2.0;
        double height = HEIGHT / 2.0 - MIDDLE_GAP;
        double width = (double) (Svg.RIGHT - Svg.LEFT) / upper.length;
        svg.horizontal(Svg.TOP, most + "");
        svg.horizontal(svg.bottom(), most + "");
        double step = roundStep(upper.length * slotMicros / TICKS);
        double end = upper.length * slotMicros - zeroMicros;
        for (double at = Math.ceil(-zeroMicros / step) * step; at <= end; at += step) {
            svg.vertical(Svg.LEFT + (at + zeroMicros) / slotMicros * width, Math.round(at) + " us");
        }
        for (int i = 0; i < upper.length; i++) {
            double x = Svg.LEFT + i * width;
            double up = height * upper[i] / most;
            if (up > 0) {
                svg.bar(x, middle - MIDDLE_GAP / 2.0 - up, width, up, Svg.colour(0));
            }
            if (lower[i] > 0) {
                svg.bar(x, middle + MIDDLE_GAP / 2.0, width, height * lower[i] / most, Svg.colour(1));
            }
        }
        svg.line(Svg.LEFT, middle, Svg.RIGHT, middle, "#888888");
        double zero = Svg.LEFT + zeroMicros / slotMicros * width;
        svg.line(zero, Svg.TOP - 4, zero, svg.bottom(), MARK);
        svg.text(zero + 4, Svg.TOP + 10, "start", zeroName);
        svg.legend(svg.bottom() + BELOW - 12, names);
        return svg.end();
    }

    private static int max(int[] values) {
        return Arrays.stream(values).max().orElse(0);
    }

    /** The next of 1, 2, 5, 10, 20, 50 and so on. */
    static double roundStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 5}) {
            if (power * factor >= least) {
                return power * factor;
            }
        }
        return power * 10;
    }
}
