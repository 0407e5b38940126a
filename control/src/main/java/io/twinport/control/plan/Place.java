package io.twinport.control.plan;

import io.twinport.control.Printable;
import io.twinport.control.UserException;
import java.nio.file.Path;

/**
 * Where something stands in a file.
 *
 * @param line from 1
 * @param column from 1
 */
public record Place(Path file, int line, int column) {
    /** What stands here is wrong. */
    public UserException wrong(String text) {
        return new UserException(this + ": " + Printable.line(text));
    }

    /** {@code twinport.yaml:3:5}. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
