package io.twinport.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerSpecTest {
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    @Test
    void shouldReadEachHandler() {
        assertEquals(new HandlerSpec.Reflect(), HandlerSpec.parse("reflect"));
        assertEquals(new HandlerSpec.Sink(), HandlerSpec.parse("sink"));
        assertEquals(new HandlerSpec.Generate(0, BROADCAST), HandlerSpec.parse("generate"));
        assertEquals(new HandlerSpec.Generate(1_000_000, BROADCAST), HandlerSpec.parse("generate:1000000"));
        assertEquals(
                new HandlerSpec.Generate(1000, 0x0200_0000_0001L),
                HandlerSpec.parse("generate:1000:02:00:00:00:00:01"));
        assertEquals(new HandlerSpec.Tap("tw0", false), HandlerSpec.parse("tap:tw0"));
        assertEquals(new HandlerSpec.Tap("tw0", true), HandlerSpec.parse("tap:tw0,offloads"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tap",
                "tap:",
                "tap:a/b",
                "tap:a b",
                "tap:sixteencharacters",
                "tap:,offloads",
                "tap:tw0,offload",
                "tap:tw0,offloads,offloads",
                "generate:",
                "generate:0",
                "generate:-1",
                "generate:fast",
                "generate:1000:",
                "generate:1000:02:00",
                "reflect:1",
                "drop"
            })
    void shouldSayWhatIsNoHandler(String text) {
        String message =
                assertThrows(UserException.class, () -> HandlerSpec.parse(text)).toString();
        assertTrue(message.contains("--handler " + text), message);
    }

    /** What is shown of a running port can be given to the next one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "reflect",
                "sink",
                "generate",
                "generate:1000",
                "generate:1000:02:00:00:00:00:01",
                "tap:tw0",
                "tap:tw0,offloads"
            })
    void shouldBeWrittenAsItIsRead(String text) {
        assertEquals(text, HandlerSpec.parse(text).text());
    }
}
