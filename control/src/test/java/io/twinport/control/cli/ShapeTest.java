package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void shouldBeTheSameForOtherNumbersAndWidths() {
        assertEquals(
                Shape.of("port   mac                switches\nwan    02:00:00:00:00:01         1\n"),
                Shape.of("port  mac                switches\nwan   9e:75:76:f6:09:7a        12\nwan   -  -"
                        .replace("wan   -  -", "wan   9e:75:76:f6:09:7b  -")));
        assertEquals(Shape.of("0.13 us | ##### 79\n0.26 us |       0"), Shape.of("0.13 us | # 1"));
        assertEquals(Shape.of("{\"a\": 1, \"b\": null}"), Shape.of("{\"a\": 15,\n \"b\": 3}"));
    }

    @Test
    void shouldBeAnotherOneForAnotherColumnOrLine() {
        assertNotEquals(Shape.of("port  mac  switches"), Shape.of("port  mac  mtu  switches"));
        assertNotEquals(Shape.of("wan  1500  1"), Shape.of("wan  1500  1  0"));
        assertNotEquals(Shape.of("lost 0"), Shape.of("lost 0\ndropped 0"));
        assertNotEquals(Shape.of("lost 0"), Shape.of("missing 0"));
    }
}
