package io.twinport.control;

import java.lang.System.Logger.Level;

/** Where lines go about what happens. Any thread. */
@FunctionalInterface
public interface Log {
    /** @param level {@code WARNING} for what somebody should look at, {@code INFO} for the rest */
    void line(Level level, String text);

    /** Something happens as it should. */
    default void say(String text) {
        line(Level.INFO, text);
    }

    /** Something that somebody should look at. */
    default void warn(String text) {
        line(Level.WARNING, text);
    }
}
