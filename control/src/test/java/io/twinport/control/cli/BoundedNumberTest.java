package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class BoundedNumberTest {
    @Bounds(least = 100, most = 600_000, unit = "milliseconds", zero = "for never")
    private static final int MILLIS = 0;

    @Bounds(least = 0.5, most = 99.5)
    private static final double SHARE = 0;

    @Bounds(least = -5, most = 5)
    private static final long NUMBER = 0;

    private static BoundedNumber of(String field) throws NoSuchFieldException {
        var declared = BoundedNumberTest.class.getDeclaredField(field);
        return new BoundedNumber(declared.getType(), declared.getAnnotation(Bounds.class));
    }

    private static void assertRefused(String field, String... texts) throws NoSuchFieldException {
        BoundedNumber number = of(field);
        for (String text : texts) {
            TypeConversionException e = assertThrows(TypeConversionException.class, () -> number.convert(text), text);
            assertEquals(text + " is not possible: give " + BoundedNumber.text(number.bounds()), e.getMessage());
        }
    }

    @Test
    void shouldTakeWhatLiesBetweenTheBounds() throws NoSuchFieldException {
        assertEquals(100, of("MILLIS").convert("100"));
        assertEquals(600_000, of("MILLIS").convert("600000"));
        assertEquals(0, of("MILLIS").convert("0"), "for never");
        assertEquals(-5L, of("NUMBER").convert("-5"));
        assertEquals(0L, of("NUMBER").convert("0"));
        assertEquals(0.5, of("SHARE").convert("0.5"));
        assertEquals(99.5, of("SHARE").convert("99.5"));
        assertEquals(7.0, of("SHARE").convert("7"));
    }

    @Test
    void shouldRefuseWhatDoesNot() throws NoSuchFieldException {
        assertRefused("MILLIS", "99", "600001", "-1", "4294967396");
        assertRefused("NUMBER", "6", "-6");
        assertRefused("SHARE", "0.499999999", "99.500000001", "0");
    }

    /** Java would read some of these. */
    @Test
    void shouldRefuseWhatIsNoNumber() throws NoSuchFieldException {
        assertRefused("MILLIS", "", "x", "1e3", "200.0", "+200", "0x64", " 200", "2_000", "9".repeat(19));
        assertRefused("SHARE", "", "1e1", ".5", "5.", "NaN", "1d");
    }

    @Test
    void shouldSayTheBoundsInWords() throws NoSuchFieldException {
        assertEquals(
                "100 to 600000 milliseconds, or 0 for never",
                BoundedNumber.text(of("MILLIS").bounds()));
        assertEquals("0.5 to 99.5", BoundedNumber.text(of("SHARE").bounds()));
    }
}
