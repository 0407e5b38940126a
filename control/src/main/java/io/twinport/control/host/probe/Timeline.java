package io.twinport.control.host.probe;

import java.util.List;
import java.util.Locale;

/** Walks as a picture (SVG): by which way the frames came, one behind the other, and what each change of the VF's state did. */
public final class Timeline {
    private static final int LEFT = 90;
    private static final int WIDTH = 1100;
    private static final int ROW = 22;
    private static final int TITLE = 34;
    private static final int LABEL = 16;

    private static final String STANDBY_COLOR = "#2a78b5";
    private static final String VF_COLOR = "#3a9a4a";
    private static final String LOST_COLOR = "#c0392b";

    private static final List<String> ROWS = List.of("standby", "VF", "nowhere");

    /** A walk with a name. */
    public record Named(String name, Walk walk) {}

    private final StringBuilder svg = new StringBuilder();

    private Timeline() {}

    /** The picture of some walks, one below the other. */
    public static String of(List<Named> walks) {
        Timeline timeline = new Timeline();
        int y = 0;
        for (Named each : walks) {
            y = timeline.walk(each, y);
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        .formatted(LEFT + WIDTH + 20, y + 10)
                + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + timeline.svg + "</svg>\n";
    }

    /** @return where the next begins */
    private int walk(Named named, int top) {
        Walk walk = named.walk();
        int rows = top + TITLE;
        int bottom = rows + ROWS.size() * ROW;
        double scale = (double) WIDTH / Math.max(1, walk.sent());
        text(
                10,
                top + 22,
                "font-weight=\"bold\"",
                "%s: %s (%d frames, %d lost, %d twice)"
                        .formatted(named.name(), walk.verdict(), walk.sent(), walk.lost(), walk.duplicated()));
        for (int i = 0; i < ROWS.size(); i++) {
            text(10, rows + i * ROW + 15, "", ROWS.get(i));
        }
        for (Walk.Stretch stretch : walk.stretches()) {
            double x = LEFT + stretch.first() * scale;
            double width = Math.max(0.5, stretch.count() * scale);
            switch (stretch.delivery()) {
                case STANDBY -> bar(x, width, rows, 0, STANDBY_COLOR);
                case VF -> bar(x, width, rows, 1, VF_COLOR);
                case BOTH -> {
                    bar(x, width, rows, 0, STANDBY_COLOR);
                    bar(x, width, rows, 1, VF_COLOR);
                }
                case NOBODY -> bar(x, width, rows, 2, LOST_COLOR);
            }
        }
        for (int i = 0; i < walk.states().size(); i++) {
            Walk.State state = walk.states().get(i);
            double x = LEFT + state.begin() * scale;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#888\" stroke-dasharray=\"2,2\"/>%n",
                    x,
                    rows,
                    x,
                    bottom + LABEL * (i + 1) - 4));
            String verdict = i == 0 ? "" : ": " + walk.transitions().get(i - 1).verdict();
            // Those on the right have no room behind their line.
            boolean isRight = x > LEFT + WIDTH / 2.0;
            text(
                    isRight ? x - 3 : x + 3,
                    bottom + LABEL * (i + 1) - 4,
                    isRight ? "text-anchor=\"end\"" : "",
                    state.state() + verdict);
        }
        return bottom + LABEL * walk.states().size() + 10;
    }

    private void bar(double x, double width, int rows, int row, String color) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                x,
                rows + row * ROW + 2,
                width,
                ROW - 4,
                color));
    }

    private void text(double x, int y, String attributes, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%d\" %s>%s</text>%n", x, y, attributes, escaped));
    }
}
