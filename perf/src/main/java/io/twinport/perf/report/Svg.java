package io.twinport.perf.report;

import java.util.List;
import java.util.Locale;

/** A picture under construction, with a frame for a plot's data. Lengths are pixels, from the upper left corner. */
final class Svg {
    static final int WIDTH = 900;

    static final int LEFT = 70;
    static final int RIGHT = WIDTH - 20;
    static final int TOP = 14;

    /** Told apart also by those who do not see red from green. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555", "#8a6d3b", "#7b52ab");

    private static final int TEXT_DROP = 4;
    private static final int LABEL_GAP = 6;

    private final StringBuilder out = new StringBuilder();
    private final int bottom;

    /** @param plotHeight of the frame */
    Svg(int plotHeight, int belowFrame) {
        this.bottom = TOP + plotHeight;
        out.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"system-ui, sans-serif\" font-size=\"12\">%n",
                WIDTH, bottom + belowFrame, WIDTH, bottom + belowFrame));
    }

    /** The frame's lower edge. */
    int bottom() {
        return bottom;
    }

    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    void line(double x1, double y1, double x2, double y2, String colour) {
        out.append(format(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n", x1, y1, x2, y2, colour));
    }

    void text(double x, double y, String anchor, String text) {
        out.append(format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#444\">%s</text>%n",
                x, y, anchor, Page.escape(text)));
    }

    /** A grid line across the frame, with what it stands for. */
    void horizontal(double y, String label) {
        line(LEFT, y, RIGHT, y, "#e4e4e4");
        text(LEFT - LABEL_GAP, y + TEXT_DROP, "end", label);
    }

    /** A grid line up the frame, with what it stands for. */
    void vertical(double x, String label) {
        line(x, TOP, x, bottom, "#e4e4e4");
        text(x, bottom + 3 * LABEL_GAP, "middle", label);
    }

    /** @param points pairs of coordinates, as SVG has them */
    void curve(String points, String colour) {
        out.append(format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" stroke-linejoin=\"round\"/>%n",
                points.trim(), colour));
    }

    void bar(double x, double y, double width, double height, String colour) {
        out.append(format(
                "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>%n",
                x, y, width, height, colour));
    }

    /** What the colours stand for, in a row below the frame. */
    void legend(double y, List<String> names) {
        double x = LEFT;
        for (int i = 0; i < names.size(); i++) {
            bar(x, y - 9, 18, 9, colour(i));
            text(x + 24, y, "start", names.get(i));
            x += 50 + 7.0 * names.get(i).length();
        }
    }

    /** Without what is 0 at its end. */
    static String plain(double value) {
        String text = format("%.4f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    String end() {
        return out + "</svg>";
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
    static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
