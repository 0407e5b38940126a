package io.twinport.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void shouldTakeWhatPeopleWrite() {
        for (String text : new String[] {"", "wan", "größer, 日本", "a b\u00a0c", "\ud83d\ude80", "x".repeat(4096)}) {
            assertEquals(Optional.empty(), PlainText.fault(text));
        }
    }

    @Test
    void shouldSayWhichCharacterNobodyMeans() {
        assertEquals(Optional.of("has a control character in it (U+001B)"), PlainText.fault("a\u001b[2J"));
        assertEquals(Optional.of("has a control character in it (U+0000)"), PlainText.fault("\u0000\u0001"));
        assertEquals(Optional.of("has a control character in it (U+000A)"), PlainText.fault("a\nb"));
        assertEquals(Optional.of("has a control character in it (U+2028)"), PlainText.fault("a\u2028b"));
        assertEquals(Optional.of("has a control character in it (U+2029)"), PlainText.fault("a\u2029b"));
        assertEquals(Optional.of("has a control character in it (U+D800)"), PlainText.fault("half\ud800"));
    }

    @Test
    void shouldSayThatNoValueIsSoLong() {
        assertEquals(
                Optional.of("has 4097 characters, and no value has more than 4096"), PlainText.fault("x".repeat(4097)));
    }
}
