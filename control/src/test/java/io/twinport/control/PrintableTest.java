package io.twinport.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void shouldLeaveOrdinaryTextAsItIs() {
        String text = "wan: 0000:05:00.0 größer, 日本, \ud83d\ude80 (5 %)";
        assertSame(text, Printable.line(text));
    }

    @Test
    void shouldWriteWhatATerminalObeysAsItsNumber() {
        assertEquals("a\\u001b[2J\\u0007", Printable.line("a\u001b[2J\u0007"));
        assertEquals("\\u009b31m", Printable.line("\u009b31m"), "the one-character form of ESC [");
        assertEquals("\\u007f\\u0000", Printable.line("\u007f\u0000"));
        assertEquals("\\u202egpj.exe", Printable.line("\u202egpj.exe"), "what follows would be turned round");
    }

    @Test
    void shouldKeepLinesWhereTheyAreOurs() {
        assertEquals("a\nb\tc\r", Printable.lines("a\nb\tc\r"));
        assertEquals("a\\u000ab", Printable.line("a\nb"));
        assertEquals("\\u2028", Printable.lines("\u2028"));
    }

    /** All that there is, and halves of what there is: it stays JSON. */
    @Test
    void shouldGiveTextOfAnyCharacters() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            String shown = Printable.line(Character.toString(point));
            assertTrue(shown.codePoints().noneMatch(Character::isISOControl), shown);
            assertTrue(shown.length() <= 12, shown);
        }
    }
}
