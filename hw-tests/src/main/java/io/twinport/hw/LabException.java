package io.twinport.hw;

import org.jspecify.annotations.Nullable;

/** The lab itself, not what is tested in it, does not do what it should: no QEMU, a guest that hangs, a failed command. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        this(message, null);
    }

    public LabException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
