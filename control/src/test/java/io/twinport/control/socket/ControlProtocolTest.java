package io.twinport.control.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a client says, there is an answer, and it is a line. */
class ControlProtocolTest {
    private static final ControlStream STREAM = (out, wanted) -> {};

    private final ControlProtocol protocol = new ControlProtocol(Map.of(
            "echo", new ControlCommand(Set.of("word"), request -> Map.of("said", request.text("word"))),
            "stream", new ControlCommand(Set.of(), request -> STREAM),
            "refuse",
                    new ControlCommand(Set.of(), request -> {
                        throw new UserException("not now: try again.");
                    }),
            "fail",
                    new ControlCommand(Set.of(), request -> {
                        throw new IllegalStateException("a slip");
                    }),
            "damage",
                    new ControlCommand(Set.of(), request -> {
                        throw new InternalError("SIGBUS");
                    })));

    private String answer(String line) {
        return new String(protocol.answer(line.getBytes(StandardCharsets.UTF_8)).line(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldAnswerWithTheResult() {
        assertEquals(
                "{\"version\":1,\"id\":7,\"result\":{\"said\":\"größer\"}}\n",
                answer("{\"version\":1,\"id\":7,\"command\":\"echo\",\"arguments\":{\"word\":\"größer\"}}"));
    }

    /** Its kind is the client's affair, and it may be left out. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "id":"x",          | "id":"x",
            "id":[1,{"a":2}],  | "id":[1,{"a":2}],
            "id":null,         | "id":null,
            ''                 | ''
            """)
    void shouldGiveTheIdBackAsItCame(String given, String returned) {
        assertEquals(
                "{\"version\":1," + returned + "\"result\":{\"said\":\"a\"}}\n",
                answer("{\"version\":1," + given + "\"command\":\"echo\",\"arguments\":{\"word\":\"a\"}}"));
    }

    @Test
    void shouldLetAStreamFollowItsAnswer() {
        ControlProtocol.Answer streamed =
                protocol.answer("{\"version\":1,\"command\":\"stream\"}".getBytes(StandardCharsets.UTF_8));
        assertEquals("{\"version\":1,\"result\":{}}\n", new String(streamed.line(), StandardCharsets.UTF_8));
        assertEquals(STREAM, streamed.stream());
        assertNull(protocol.answer(new byte[0]).stream());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                  | a request is a line with a JSON object
            garbage                                             | a request is a line with a JSON object
            [1]                                                 | a request is a line with a JSON object
            {}                                                  | and the request's is missing
            {"version":2,"command":"echo"}                      | speaks version 1, and the request's is 2
            {"version":"1","command":"echo"}                    | the request's is \\"1\\"
            {"version":1.5,"command":"echo"}                    | the request's is 1.5
            {"version":1}                                       | there is no command null, only [damage, echo, fail, refuse, stream].
            {"version":1,"command":"ech"}                       | there is no command \\"ech\\"
            {"version":1,"command":7}                           | there is no command 7
            {"version":1,"command":"echo","arguments":[1]}      | 'arguments' is a JSON object.
            {"version":1,"command":"echo"}                      | echo needs 'word'.
            {"version":1,"command":"stream","arguments":{"a":1}} | stream knows no argument 'a', only [].
            {"version":1,"command":"refuse"}                    | not now: try again.
            """)
    void shouldSayWhatIsToBeMended(String line, String why) {
        String answer = answer(line);
        assertTrue(answer.contains(why), answer);
        assertTrue(answer.endsWith("\"mend\":true}}\n"), answer);
        assertEquals(1, answer.lines().count());
    }

    /** Nobody can mend a mistake of ours, and it ends no connection. */
    @Test
    void shouldTellAMistakeOfOursFromOnesOfTheClient() {
        for (String command : new String[] {"fail", "damage"}) {
            String answer = answer("{\"version\":1,\"id\":3,\"command\":\"" + command + "\"}");
            assertTrue(answer.startsWith("{\"version\":1,\"id\":3,\"error\":{\"message\":\""), answer);
            assertTrue(answer.endsWith("\"mend\":false}}\n"), answer);
        }
        assertTrue(
                answer("{\"version\":1,\"command\":\"fail\"}").contains("an internal fault, and no mistake of yours"));
    }

    @Test
    void shouldMakeRequestsThatItUnderstands() {
        String request = new String(ControlProtocol.request("echo", Map.of("word", "a")), StandardCharsets.UTF_8);
        assertEquals("{\"version\":1,\"command\":\"echo\",\"arguments\":{\"word\":\"a\"}}\n", request);
        assertNotNull(answer(request));
        assertFalse(answer(request).contains("error"));
    }
}
