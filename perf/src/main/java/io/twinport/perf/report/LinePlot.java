package io.twinport.perf.report;

import io.twinport.perf.statistics.Ratio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Medians over whole numbers, joined by lines, each with a stroke as long as its 95 % interval. Upwards from 0. */
public final class LinePlot {
    private static final int HEIGHT = 240;
    private static final int BELOW = 62;
    private static final int TICKS = 6;
    private static final double DOT = 5;

    private final String unit;
    private final String what;
    private final Map<String, Map<Integer, Ratio>> lines = new LinkedHashMap<>();

    /**
     * @param unit of the values
     * @param what the whole numbers count
     */
    public LinePlot(String unit, String what) {
        this.unit = unit;
        this.what = what;
    }

    /** @param values by whole number, ascending; none: no line, but a place in the legend */
    public LinePlot add(String name, Map<Integer, Ratio> values) {
        lines.put(name, values);
        return this;
    }

    public String svg() {
        double top = lines.values().stream()
                .flatMap(values -> values.values().stream())
                .mapToDouble(Ratio::high)
                .filter(high -> high > 0)
                .max()
                .orElse(1);
        int right = lines.values().stream()
                .flatMap(values -> values.keySet().stream())
                .mapToInt(number -> number)
                .max()
                .orElse(1);
        double step = TimelinePlot.roundStep(top / TICKS);
        Axes axes = new Axes(right, Math.ceil(top / step) * step);
        Svg svg = new Svg(HEIGHT, BELOW);
        for (int tick = 0; tick * step <= axes.top + step / 2; tick++) {
            svg.horizontal(axes.y(tick * step, svg), label(tick * step));
        }
        lines.values().stream()
                .flatMap(values -> values.keySet().stream())
                .distinct()
                .forEach(number -> svg.vertical(axes.x(number), "" + number));
        int i = 0;
        for (Map<Integer, Ratio> values : lines.values()) {
            draw(values, Svg.colour(i++), axes, svg);
        }
        svg.text(Svg.LEFT, Svg.TOP - 3, "start", unit);
        svg.text(Svg.RIGHT, svg.bottom() + BELOW - 26, "end", what);
        svg.legend(svg.bottom() + BELOW - 12, new ArrayList<>(lines.keySet()));
        return svg.end();
    }

    private record Axes(int right, double top) {
        double x(int number) {
            return Svg.LEFT + (double) number / right * (Svg.RIGHT - Svg.LEFT);
        }

        /** What is below 0 is noise, and at the lower edge. */
        double y(double value, Svg svg) {
            return svg.bottom() - Math.max(0, value) / top * (svg.bottom() - Svg.TOP);
        }
    }

    private static void draw(Map<Integer, Ratio> values, String colour, Axes axes, Svg svg) {
        List<String> points = new ArrayList<>();
        values.forEach((number, value) -> {
            double x = axes.x(number);
            double y = axes.y(value.median(), svg);
            points.add(Svg.format("%.1f,%.1f", x, y));
            svg.line(x, axes.y(value.low(), svg), x, axes.y(value.high(), svg), colour);
            svg.bar(x - DOT / 2, y - DOT / 2, DOT, DOT, colour);
        });
        svg.curve(String.join(" ", points), colour);
    }

    private static String label(double value) {
        String text = Svg.format("%.3f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
