package io.twinport.dataplane.device;

import org.jspecify.annotations.Nullable;

/** A change of a port's configuration that was not made: what, which device refused, and whether all is as before. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
