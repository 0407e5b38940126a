package io.twinport.control.socket;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.databind.json.JsonMapper;

class ControlRequestTest {
    private static ControlRequest request(String arguments) {
        return new ControlRequest("switch", JsonMapper.shared().readTree(arguments));
    }

    private static void assertRefused(String why, Executable asked) {
        assertEquals(why, assertThrows(UserException.class, asked).getMessage());
    }

    @Test
    void shouldReadTexts() {
        ControlRequest request = request("{\"to\":\"standby\",\"none\":null}");
        assertEquals("standby", request.text("to"));
        assertEquals(Optional.of("standby"), request.optional("to"));
        assertEquals(Optional.empty(), request.optional("port"));
        assertEquals(Optional.empty(), request.optional("none"), "null is as if it were not there");
        assertRefused("switch needs 'port'.", () -> request.text("port"));
        assertRefused("switch: 'to' is a text.", () -> request("{\"to\":7}").optional("to"));
    }

    /** They get into messages, names of files and the log. */
    @Test
    void shouldRefuseTextsThatNobodyMeans() {
        assertRefused(
                "switch: 'to' has a control character in it (U+001B).",
                () -> request("{\"to\":\"\\u001b\"}").text("to"));
    }

    @Test
    void shouldReadFlags() {
        assertTrue(request("{\"now\":true}").flag("now"));
        assertFalse(request("{\"now\":false}").flag("now"));
        assertFalse(request("{}").flag("now"));
        assertRefused(
                "switch: 'now' is true or false.",
                () -> request("{\"now\":\"yes\"}").flag("now"));
    }

    @Test
    void shouldReadNumbersWithinTheirBounds() {
        assertEquals(1, request("{\"n\":1}").number("n", 9, 1, 3));
        assertEquals(3, request("{\"n\":3}").number("n", 9, 1, 3));
        assertEquals(9, request("{}").number("n", 9, 1, 3));
        assertRefused(
                "switch: 'n' is 1 to 3, and not 0.", () -> request("{\"n\":0}").number("n", 9, 1, 3));
        assertRefused(
                "switch: 'n' is 1 to 3, and not 4.", () -> request("{\"n\":4}").number("n", 9, 1, 3));
        for (String wrong : new String[] {"1.5", "\"1\"", "99999999999999999999", "[1]"}) {
            assertRefused(
                    "switch: 'n' is a whole number.",
                    () -> request("{\"n\":" + wrong + "}").number("n", 9, 1, 3));
        }
    }

    /** A word that is spelled wrongly must not be passed over: something else than was meant would be done. */
    @Test
    void shouldRefuseArgumentsThatThereAreNot() {
        assertDoesNotThrow(() -> request("{\"to\":1}").checkKnown(Set.of("to")));
        assertRefused(
                "switch knows no argument 'tp', only [to].",
                () -> request("{\"to\":1,\"tp\":1}").checkKnown(Set.of("to")));
    }
}
