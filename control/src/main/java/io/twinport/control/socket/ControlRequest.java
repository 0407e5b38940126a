package io.twinport.control.socket;

import io.twinport.control.PlainText;
import io.twinport.control.UserException;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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

    /** @throws UserException if it is no text, or one that nobody can mean */
    public Optional<String> optional(String name) {
        Optional<String> text = find(name, JsonNode::isString, "a text").map(JsonNode::stringValue);
        text.flatMap(PlainText::fault).ifPresent(fault -> {
            throw new UserException(command + ": '" + name + "' " + fault + ".");
        });
        return text;
    }

    /**
     * What a text stands for in Base64: a document, for instance, which has lines.
     *
     * @param most bytes that it may have
     * @throws UserException if it is not there, or is no such text
     */
    public byte[] bytes(String name, int most) {
        String text = find(name, JsonNode::isString, "a text")
                .orElseThrow(() -> new UserException(command + " needs '" + name + "'."))
                .stringValue();
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (bytes.length > most) {
                throw new UserException(command + ": '" + name + "' has " + bytes.length + " bytes, and at most " + most
                        + " are read.");
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new UserException(command + ": '" + name + "' is no Base64 (RFC 4648).", e);
        }
    }

    /**
     * False where it is not there.
     *
     * @throws UserException if it is neither true nor false
     */
    public boolean flag(String name) {
        return find(name, JsonNode::isBoolean, "true or false")
                .map(JsonNode::booleanValue)
                .orElse(false);
    }

    /**
     * A whole number.
     *
     * @param otherwise where it is not there
     * @throws UserException if it is none, or not within the bounds
     */
    public long number(String name, long otherwise, long least, long most) {
        Optional<JsonNode> value =
                find(name, given -> given.isIntegralNumber() && given.canConvertToLong(), "a whole number");
        if (value.isEmpty()) {
            return otherwise;
        }
        long number = value.get().longValue();
        if (number < least || number > most) {
            throw new UserException(
                    command + ": '" + name + "' is " + least + " to " + most + ", and not " + number + ".");
        }
        return number;
    }

    private Optional<JsonNode> find(String name, Predicate<JsonNode> fits, String what) {
        Optional<JsonNode> value = Optional.ofNullable(arguments.get(name)).filter(given -> !given.isNull());
        if (value.isPresent() && !fits.test(value.get())) {
            throw new UserException(command + ": '" + name + "' is " + what + ".");
        }
        return value;
    }
}
