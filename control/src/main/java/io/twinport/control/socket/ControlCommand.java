package io.twinport.control.socket;

import java.util.Set;

/**
 * What a client may ask for.
 *
 * @param arguments that a request may have; any other is refused before the action
 * @param action what is done, on the connection's thread
 */
public record ControlCommand(Set<String> arguments, Action action) {
    /** Does it. */
    @FunctionalInterface
    public interface Action {
        /**
         * @return what the answer says, in a form that Jackson writes; or a {@link ControlStream}
         * @throws io.twinport.control.UserException if the request cannot be served, and nothing has been changed
         */
        Object execute(ControlRequest request);
    }
}
