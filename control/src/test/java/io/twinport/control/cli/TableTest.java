package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void shouldBeAsWideAsItMustAndPutNumbersToTheRight() {
        Table table = new Table("port", "switches", "side")
                .row("wan", 7, "primary")
                .row("longer", 12_345, "-")
                .row("x", "-", "standby");
        assertEquals(
                List.of(
                        "port    switches  side", //
                        "wan            7  primary",
                        "longer     12345  -",
                        "x              -  standby"),
                table.lines().toList());
    }

    @Test
    void shouldTakeNoColumnForNumbersWithoutAny() {
        assertEquals(List.of("a  b"), new Table("a", "b").lines().toList());
        assertEquals(
                List.of("count", "7", "many"),
                new Table("count").row(7).row("many").lines().toList());
    }

    /** One cell with a million characters would make all the others as wide. */
    @Test
    void shouldCutWhatIsTooLongForACell() {
        String longest = "x".repeat(400);
        assertEquals(
                List.of("a", longest, longest + "..."),
                new Table("a").row(longest).row(longest + "y").lines().toList());
    }

    @Test
    void shouldKeepARowInItsLine() {
        assertEquals(
                List.of("a", "b\\u000ac"), new Table("a").row("b\nc").lines().toList());
    }

    @Test
    void shouldBePrintedLineByLine() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Table("a").row(1).print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertEquals(
                List.of("a", "1"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }
}
