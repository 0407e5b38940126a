package io.twinport.control;

import java.util.stream.IntStream;

/**
 * Text that others have written (in a file, in an answer, in the name of something) and that is shown to a person. What would do
 * something to a terminal, or look like something else, is written as its number: {@code \}{@code u001b}, as JSON has it.
 */
public final class Printable {
    private static final String LAYOUT = "\n\r\t";

    private Printable() {}

    /** As one line: its ends of lines are numbers too, so that it cannot pass for a line of ours. */
    public static String line(String text) {
        return escape(text, "");
    }

    /** With its ends of lines and tabulators. */
    public static String lines(String text) {
        return escape(text, LAYOUT);
    }

    private static String escape(String text, String kept) {
        if (text.codePoints().allMatch(point -> isShown(point, kept))) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (isShown(point, kept)) {
                shown.appendCodePoint(point);
            } else {
                IntStream units = Character.toString(point).chars();
                units.forEach(unit -> shown.append("\\u%04x".formatted(unit)));
            }
        });
        return shown.toString();
    }

    private static boolean isShown(int point, String kept) {
        return switch (Character.getType(point)) {
            case Character.CONTROL -> kept.indexOf(point) >= 0;
            // Among formats are those that turn the direction of what follows.
            case Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
