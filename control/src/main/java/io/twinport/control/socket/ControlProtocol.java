package io.twinport.control.socket;

import io.twinport.control.Fault;
import io.twinport.control.UserException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests and answers, a line of JSON each.
 *
 * <pre>
 *   {"version": 1, "id": 7, "command": "switch", "arguments": {"port": "wan", "to": "standby"}}
 *   {"version": 1, "id": 7, "result": {...}}
 *   {"version": 1, "id": 7, "error": {"message": "...", "mend": true}}
 * </pre>
 *
 * The client chooses {@code id}, of any kind, and may leave it out. {@code mend: true}: the request was wrong; nothing was
 * changed.
 */
final class ControlProtocol {
    static final int VERSION = 1;

    static final String VERSION_KEY = "version";
    static final String ID = "id";
    static final String COMMAND = "command";
    static final String ARGUMENTS = "arguments";
    static final String RESULT = "result";
    static final String ERROR = "error";
    static final String MESSAGE = "message";
    static final String MEND = "mend";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, ControlCommand> commands;

    ControlProtocol(Map<String, ControlCommand> commands) {
        this.commands = Map.copyOf(commands);
    }

    /**
     * @param line that is sent
     * @param stream what follows it, and then the end; null for nothing
     */
    record Answer(byte[] line, @Nullable ControlStream stream) {}

    /** Serves a request; whatever it is, there is an answer. */
    Answer answer(byte[] line) {
        JsonNode id = null;
        try {
            JsonNode request = read(line);
            id = request.get(ID);
            Object result = execute(request);
            return result instanceof ControlStream stream
                    ? new Answer(line(id, RESULT, Map.of()), stream)
                    : new Answer(line(id, RESULT, result), null);
        } catch (RuntimeException | Error e) {
            return error(id, e);
        }
    }

    private static JsonNode read(byte[] line) {
        try {
            JsonNode request = JSON.readTree(line);
            if (request.isObject()) {
                return request;
            }
        } catch (JacksonException e) {
            // It is none, as is what follows.
        }
        throw new UserException("a request is a line with a JSON object, {\"version\": 1, \"command\": \"ports\"}");
    }

    private Object execute(JsonNode request) {
        JsonNode version = request.get(VERSION_KEY);
        if (version == null || !version.isInt() || version.intValue() != VERSION) {
            throw new UserException("this twinport speaks version " + VERSION + ", and the request's is "
                    + (version == null ? "missing" : version) + ": use the same release on both ends.");
        }
        JsonNode name = request.get(COMMAND);
        ControlCommand command = name == null || !name.isString() ? null : commands.get(name.stringValue());
        if (command == null) {
            throw new UserException("there is no command " + name + ", only " + new TreeSet<>(commands.keySet()) + ".");
        }
        JsonNode arguments = request.get(ARGUMENTS);
        if (arguments == null) {
            arguments = JSON.createObjectNode();
        }
        if (!arguments.isObject()) {
            throw new UserException("'arguments' is a JSON object.");
        }
        ControlRequest checked = new ControlRequest(name.stringValue(), arguments);
        checked.checkKnown(command.arguments());
        return command.action().execute(checked);
    }

    /** The answer to what could not be served. */
    Answer error(@Nullable JsonNode id, Throwable e) {
        boolean mend = e instanceof Exception known && UserException.isToMend(known);
        Map<String, Object> error = new LinkedHashMap<>();
        error.put(MESSAGE, mend ? String.valueOf(e.getMessage()) : Fault.describe(e));
        error.put(MEND, mend);
        return new Answer(line(id, ERROR, error), null);
    }

    private static byte[] line(@Nullable JsonNode id, String key, Object value) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(VERSION_KEY, VERSION);
        if (id != null) {
            answer.put(ID, id);
        }
        answer.put(key, value);
        return (JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** A request, for clients. */
    static byte[] request(String command, Map<String, ?> arguments) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put(VERSION_KEY, VERSION);
        request.put(COMMAND, command);
        request.put(ARGUMENTS, arguments);
        return (JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
