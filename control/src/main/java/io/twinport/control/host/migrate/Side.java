package io.twinport.control.host.migrate;

import java.util.Locale;

/** One of the two hosts. */
public enum Side {
    SOURCE,
    TARGET;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
