package io.twinport.control.cli;

import io.twinport.control.Printable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows in columns that are as wide as they must be; numbers to the right. */
final class Table {
    private static final String GAP = "  ";

    /** Characters of a cell: with one that has a million the others would be as wide. */
    private static final int WIDEST = 400;

    private static final String CUT = "...";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        row((Object[]) header);
    }

    Table row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            String text = Printable.line(String.valueOf(cell));
            row.add(text.length() <= WIDEST ? text : text.substring(0, WIDEST) + CUT);
        }
        rows.add(row);
        return this;
    }

    /** The lines, without blanks at their ends; each is made when it is taken. */
    Stream<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        boolean[] numeric = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int column = c;
            widths[c] = rows.stream()
                    .mapToInt(row -> row.get(column).length())
                    .max()
                    .orElse(0);
            numeric[c] = rows.size() > 1
                    && rows.stream().skip(1).allMatch(row -> row.get(column).matches("-|[\\d.,]+"));
        }
        return rows.stream().map(row -> line(row, widths, numeric));
    }

    private static String line(List<String> row, int[] widths, boolean[] numeric) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String blanks = " ".repeat(widths[c] - row.get(c).length());
            line.append(c == 0 ? "" : GAP).append(numeric[c] ? blanks + row.get(c) : row.get(c) + blanks);
        }
        return line.toString().stripTrailing();
    }

    void print(PrintStream out) {
        lines().forEach(out::println);
    }
}
