package io.twinport.control;

import org.jspecify.annotations.Nullable;

/** Something that the user can mend: the message says what, where and how. The process ends with exit code 2. */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        this(message, null);
    }

    public UserException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
