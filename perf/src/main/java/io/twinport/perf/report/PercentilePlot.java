package io.twinport.perf.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Percentile curves: to the right the percentile, stretched towards 100 % as HdrHistogram's plots are; upwards the time in
 * us, logarithmic.
 */
public final class PercentilePlot {
    private static final int HEIGHT = 320;
    private static final int BELOW = 62;
    private static final double LEAST = 0.1;
    private static final double NARROWEST = 0.5;
    private static final double[] MARKS = {0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999};

    private final Map<String, Curve> curves = new LinkedHashMap<>();

    /**
     * Steps: the i-th is what the samples up to a share of all do not exceed.
     *
     * @param count of the samples
     */
    private record Curve(List<Double> shares, List<Double> micros, long count) {}

    /** @param micros samples, in any order; none: no curve, but a place in the legend */
    public PercentilePlot add(String name, double[] micros) {
        double[] sorted = micros.clone();
        Arrays.sort(sorted);
        List<Double> shares = IntStream.rangeClosed(1, sorted.length)
                .mapToObj(i -> (double) i / sorted.length)
                .toList();
        curves.put(name, new Curve(shares, Arrays.stream(sorted).boxed().toList(), sorted.length));
        return this;
    }

    /** @param nanos samples; in the plot they are microseconds too */
    public PercentilePlot add(String name, Histogram nanos) {
        Curve curve = new Curve(new ArrayList<>(), new ArrayList<>(), nanos.getTotalCount());
        for (HistogramIterationValue value : nanos.recordedValues()) {
            curve.shares.add((double) value.getTotalCountToThisValue() / nanos.getTotalCount());
            curve.micros.add(value.getValueIteratedTo() / 1e3);
        }
        curves.put(name, curve);
        return this;
    }

    public String svg() {
        double most = curves.values().stream()
                .filter(curve -> curve.count > 0)
                .mapToDouble(curve -> curve.micros.getLast())
                .max()
                .orElse(1);
        double least = curves.values().stream()
                .flatMap(curve -> curve.micros.stream())
                .mapToDouble(value -> value)
                .filter(value -> value > LEAST)
                .min()
                .orElse(LEAST);
        long longest =
                curves.values().stream().mapToLong(curve -> curve.count).max().orElse(1);
        Svg svg = new Svg(HEIGHT, BELOW);
        double low = Math.floor(Math.log10(least));
        Axis up = new Axis(low, Math.max(Math.ceil(Math.log10(most)), low + 1));
        double nines = Math.max(1, Math.log10(longest));
        for (double exponent = up.low; exponent <= up.high; exponent++) {
            svg.horizontal(up.y(exponent, svg), label(exponent));
        }
        for (double mark : MARKS) {
            if (stretched(mark) <= nines) {
                svg.vertical(x(mark, nines), Svg.format("%s %%", Svg.plain(mark * 100)));
            }
        }
        int i = 0;
        for (Curve curve : curves.values()) {
            svg.curve(points(curve, up, nines, svg), Svg.colour(i++));
        }
        svg.text(Svg.LEFT, Svg.TOP - 3, "start", "us");
        svg.legend(svg.bottom() + BELOW - 12, new ArrayList<>(curves.keySet()));
        return svg.end();
    }

    /** Powers of ten from the lower edge of the frame to the upper one. */
    private record Axis(double low, double high) {
        double y(double exponent, Svg svg) {
            double share = (Math.clamp(exponent, low, high) - low) / (high - low);
            return svg.bottom() - share * (svg.bottom() - Svg.TOP);
        }
    }

    /** A percentile is a sample, not a point between two. */
    private static String points(Curve curve, Axis up, double nines, Svg svg) {
        StringBuilder points = new StringBuilder();
        double from = x(0, nines);
        for (int i = 0; i < curve.shares.size(); i++) {
            double y = up.y(Math.log10(Math.max(curve.micros.get(i), Double.MIN_NORMAL)), svg);
            // The last one would reach to 100 %, which is infinitely far away.
            double to = x(Math.min(curve.shares.get(i), 1 - 0.1 / curve.count), nines);
            // A histogram has thousands of steps, most of them too narrow to be seen.
            if (to - from >= NARROWEST || i == curve.shares.size() - 1) {
                points.append(Svg.format("%.1f,%.1f %.1f,%.1f ", from, y, to, y));
                from = to;
            }
        }
        return points.toString();
    }

    private static double stretched(double share) {
        return -Math.log10(1 - share);
    }

    private static double x(double share, double nines) {
        return Svg.LEFT + Math.min(1, stretched(share) / nines) * (Svg.RIGHT - Svg.LEFT);
    }

    private static String label(double exponent) {
        return Svg.plain(Math.pow(10, exponent));
    }
}
