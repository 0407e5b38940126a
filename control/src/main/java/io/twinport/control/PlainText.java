package io.twinport.control;

import java.util.Optional;

/** Text that comes from outside: an argument, a value of a configuration, a word of the control socket. */
public final class PlainText {
    /** Characters; Linux takes no longer path. */
    private static final int LONGEST = 4096;

    private PlainText() {}

    /** What is wrong with a text, whatever it is for: the end of a sentence that begins with it. Empty where nothing is. */
    public static Optional<String> fault(String text) {
        if (text.length() > LONGEST) {
            return Optional.of("has " + text.length() + " characters, and no value has more than " + LONGEST);
        }
        // Nobody means them, a terminal obeys them, and what is written in C ends at a NUL.
        return text.codePoints()
                .filter(PlainText::isControl)
                .boxed()
                .findFirst()
                .map(found -> String.format("has a control character in it (U+%04X)", found));
    }

    private static boolean isControl(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> false;
        };
    }
}
