package io.twinport.perf.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Bars to the right, in groups below one another, each with a line over its spread and its number. */
public final class BarPlot {
    private static final int ROW = 18;
    private static final int THICKNESS = 11;
    private static final int TEXT_DROP = 10;
    private static final int GAP = 8;
    private static final int BELOW = 30;
    private static final int TICKS = 8;
    private static final String SPREAD = "#222222";

    /** For the number behind the longest bar. */
    private static final int NUMBER_WIDTH = 50;

    private final String unit;
    private final Map<String, List<Bar>> groups = new LinkedHashMap<>();

    /** Names in the order of their first use, which is that of the colours. */
    private final List<String> names = new ArrayList<>();

    private record Bar(String name, double value, double low, double high) {}

    /** @param unit of all values */
    public BarPlot(String unit) {
        this.unit = unit;
    }

    /**
     * Adds a bar to a group.
     *
     * @param name has the same colour in all groups
     * @param value not negative
     * @param low where the spread begins
     * @param high where it ends
     */
    public BarPlot add(String group, String name, double value, double low, double high) {
        groups.computeIfAbsent(group, ignored -> new ArrayList<>()).add(new Bar(name, value, low, high));
        if (!names.contains(name)) {
            names.add(name);
        }
        return this;
    }

    public String svg() {
        double most = groups.values().stream()
                .flatMap(List::stream)
                .mapToDouble(bar -> Math.max(bar.value, bar.high))
                .max()
                .orElse(0);
        if (!(most > 0)) {
            most = 1;
        }
        int rows = groups.values().stream().mapToInt(bars -> bars.size() + 1).sum();
        Svg svg = new Svg(rows * ROW + GAP, BELOW);
        double scale = (Svg.RIGHT - NUMBER_WIDTH - Svg.LEFT) / most;
        double step = TimelinePlot.roundStep(most / TICKS);
        for (int tick = 0; tick * step <= most; tick++) {
            svg.vertical(Svg.LEFT + tick * step * scale, Svg.plain(tick * step));
        }
        svg.text(Svg.RIGHT, svg.bottom() + ROW, "end", unit);
        double y = Svg.TOP;
        for (Map.Entry<String, List<Bar>> group : groups.entrySet()) {
            svg.text(Svg.LEFT + 2, y + TEXT_DROP + 2, "start", group.getKey());
            y += ROW;
            for (Bar bar : group.getValue()) {
                draw(bar, y, scale, svg);
                y += ROW;
            }
        }
        return svg.end();
    }

    private void draw(Bar bar, double y, double scale, Svg svg) {
        double middle = y + THICKNESS / 2.0;
        double low = Svg.LEFT + bar.low * scale;
        double high = Svg.LEFT + bar.high * scale;
        svg.text(Svg.LEFT - GAP, y + TEXT_DROP, "end", bar.name);
        svg.bar(Svg.LEFT, y, bar.value * scale, THICKNESS, Svg.colour(names.indexOf(bar.name)));
        svg.line(low, middle, high, middle, SPREAD);
        svg.line(low, y + 2, low, y + THICKNESS - 2, SPREAD);
        svg.line(high, y + 2, high, y + THICKNESS - 2, SPREAD);
        double end = Math.max(high, Svg.LEFT + bar.value * scale);
        svg.text(end + GAP, y + TEXT_DROP, "start", Svg.format("%.2f", bar.value));
    }
}
