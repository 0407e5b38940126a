package io.twinport.control.host.migrate;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is said to a guest's agent, and what of its answer is believed: two numbers. */
final class GuestAgent {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST = 1 << 16;

    private GuestAgent() {}

    /** A program that the guest is to run. */
    static String exec(String program, String... arguments) {
        return JSON.writeValueAsString(
                Map.of("execute", "guest-exec", "arguments", Map.of("path", program, "arg", List.of(arguments))));
    }

    /** Whether that has ended. */
    static String status(int process) {
        return JSON.writeValueAsString(Map.of("execute", "guest-exec-status", "arguments", Map.of("pid", process)));
    }

    /** The process that it has started; empty where it says no number. */
    static OptionalInt process(String answer) {
        return number(answer, "pid");
    }

    /** How the process has ended; empty while it has not. */
    static OptionalInt exitCode(String answer) {
        return number(answer, "exitcode");
    }

    private static OptionalInt number(String answer, String name) {
        try {
            JsonNode value = answer.length() > LONGEST
                    ? JSON.missingNode()
                    : JSON.readTree(answer).path("return").path(name);
            return value.isInt() && value.intValue() >= 0 ? OptionalInt.of(value.intValue()) : OptionalInt.empty();
        } catch (JacksonException e) {
            return OptionalInt.empty();
        }
    }
}
