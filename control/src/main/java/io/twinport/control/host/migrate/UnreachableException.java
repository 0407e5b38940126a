package io.twinport.control.host.migrate;

/** A host cannot be asked, so nobody knows what it does. */
public final class UnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message which host, and why */
    public UnreachableException(String message) {
        super(message);
    }
}
