package io.twinport.control.qmp;

import org.jspecify.annotations.Nullable;

/** QEMU refused a command, did not answer in time, or is gone. The message names the command and QEMU's own words. */
public final class QmpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String errorClass;

    QmpException(String message) {
        this(message, (String) null);
    }

    QmpException(String message, @Nullable String errorClass) {
        super(message);
        this.errorClass = errorClass;
    }

    QmpException(String message, Throwable cause) {
        super(message, cause);
        this.errorClass = null;
    }

    /** QEMU's class of the error, for instance {@code DeviceNotFound}; null if the error is not from QEMU. */
    public @Nullable String errorClass() {
        return errorClass;
    }
}
