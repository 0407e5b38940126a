package io.twinport.dataplane.device;

import org.jspecify.annotations.Nullable;

/** A device that cannot be a side of a port as it is. Nothing of it was changed, and it stays independent (R15, R20). */
public final class AdmissionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AdmissionException(String message) {
        this(message, null);
    }

    public AdmissionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
