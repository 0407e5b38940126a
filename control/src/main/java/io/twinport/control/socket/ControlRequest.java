package io.twinport.control.socket;

import io.twinport.control.UserException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A request's arguments. */
public final class ControlRequest {
    private final String command;
    private final JsonNode arguments;

    ControlRequest(String command, JsonNode arguments) {
        this.command = command;
        this.arguments = arguments;
    }

    /** @throws UserException if there are others */
    void checkKnown(Set<String> known) {
        for (String name : arguments.propertyNames()) {
            if (!known.contains(name)) {
                throw new UserException(command + " knows no argument '" + name + "', only " + known + ".");
            }
        }
    }

    /** @throws UserException if it is not there, or no text */
    public String text(String name) {
        return optional(name).orElseThrow(() -> new UserException(command + " needs '" + name + "'."));
    }

    /** @throws UserException if it is no text */
    public Optional<String> optional(String name) {
        JsonNode value = arguments.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw new UserException(command + ": '" + name + "' is a text.");
        }
        return Optional.of(value.stringValue());
    }

    /**
     * False where it is not there.
     *
     * @throws UserException if it is neither true nor false
     */
    public boolean flag(String name) {
        JsonNode value = arguments.get(name);
        if (value != null && !value.isNull() && !value.isBoolean()) {
            throw new UserException(command + ": '" + name + "' is true or false.");
        }
        return value != null && value.asBoolean(false);
    }

    /**
     * A whole number.
     *
     * @param otherwise where it is not there
     * @throws UserException if it is none, or not within the bounds
     */
    public long number(String name, long otherwise, long least, long most) {
        JsonNode value = arguments.get(name);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new UserException(command + ": '" + name + "' is a whole number.");
        }
        long number = value.longValue();
        if (number < least || number > most) {
            throw new UserException(
                    command + ": '" + name + "' is " + least + " to " + most + ", and not " + number + ".");
        }
        return number;
    }
}
