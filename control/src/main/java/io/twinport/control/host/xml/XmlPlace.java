package io.twinport.control.host.xml;

import io.twinport.control.Printable;
import io.twinport.control.UserException;

/**
 * Where something stands in a document.
 *
 * @param document the file's name, or what stands in its place
 * @param line from 1
 * @param column from 1
 */
public record XmlPlace(String document, int line, int column) {
    /** What stands here is wrong. */
    UserException wrong(String text) {
        return new UserException(this + ": " + Printable.line(text));
    }

    /** {@code vm01.xml:12:5}. */
    @Override
    public String toString() {
        return document + ":" + line + ":" + column;
    }
}
