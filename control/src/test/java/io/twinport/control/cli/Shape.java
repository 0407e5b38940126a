package io.twinport.control.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What stays of an output from one run to the next: its words. Numbers, times and addresses, the width of columns, the order of
 * lines, how often a kind of line comes, and which side switched why are left out.
 */
final class Shape {
    private static final List<Map.Entry<Pattern, String>> REPLACED = List.of(
            replaced("\\b([0-9a-f]{2}:){5}[0-9a-f]{2}\\b", "MAC"),
            replaced("\\b[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]\\b", "PCI"),
            replaced("#+ ", ""),
            replaced(".*the clock has been set by .*", ""),
            replaced("(healthy|unproven|dead|DEAD)(: .*)?|not known yet", "HEALTH"),
            replaced("on hugepages|without hugepages|\\bno hugepages|\\bhugepages", "MEMORY"),
            // Which switch comes when, and why, is not the same each time.
            replaced("\"(none|primary|standby)\"", "SIDE"),
            replaced("\\b(none|primary|standby) -> (none|primary|standby)\\b", "SWITCH"),
            replaced("(?<=SWITCH) [a-z ]+(?= )|(?<=cause: )[^,]+|(?<=\"(kind|cause)\": )\"[^\"]*\"", "WHY"),
            replaced("(?<=event to first burst: )(none yet, nothing was sent|[^,]+)", "TIME"),
            replaced(" planned(, drained|, NOT DRAINED)?$", ""),
            replaced("(?<=port 0  )[a-z].*", "DECISION"),
            replaced("\\b(none|primary|standby)(?= +\\d+/\\d+ )", "SIDE"),
            replaced("in \\d+ of \\d+ the poll loop saw the link go down before .*", ""),
            replaced("~?\\d[\\d.,:-]*[kMG]?", "N"),
            replaced("(?<=\\s)-(?=\\s|$)|\\bnull\\b", "N"),
            replaced("\\s+", " "));

    private Shape() {}

    private static Map.Entry<Pattern, String> replaced(String regex, String by) {
        return Map.entry(Pattern.compile(regex), by);
    }

    /** The kinds of lines, sorted. In JSON the ends of lines mean nothing. */
    static List<String> of(String text) {
        String lines = text.startsWith("{") ? text.replace('\n', ' ') : text;
        return Arrays.stream(lines.split("\n", -1))
                .map(Shape::ofLine)
                .filter(line -> !line.isBlank())
                .distinct()
                .sorted()
                .toList();
    }

    private static String ofLine(String line) {
        String shape = line;
        for (Map.Entry<Pattern, String> each : REPLACED) {
            shape = each.getKey().matcher(shape).replaceAll(each.getValue());
        }
        return shape.strip();
    }
}
