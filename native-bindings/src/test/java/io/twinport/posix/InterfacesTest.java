package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class InterfacesTest {
    @Test
    void shouldKnowTheLoopbackInterfaceAndNoOther() {
        assertEquals(OptionalInt.of(1), Interfaces.indexOf("lo"));
        assertEquals(OptionalInt.empty(), Interfaces.indexOf("none-such-name"));
    }
}
