package io.twinport.control.host.probe;

/** Something could not be done or measured on this machine; the message says what. The process ends with exit code 1. */
public final class ProbeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProbeException(String message) {
        super(message);
    }
}
