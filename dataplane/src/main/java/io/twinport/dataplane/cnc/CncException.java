package io.twinport.dataplane.cnc;

import org.jspecify.annotations.Nullable;

/** The mapped file cannot be created or read; the message says what to do. */
public final class CncException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CncException(String message) {
        this(message, null);
    }

    public CncException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
