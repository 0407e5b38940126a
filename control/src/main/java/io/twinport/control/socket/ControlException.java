package io.twinport.control.socket;

/** A command has failed, or has not been answered: nothing that its user has done wrong. */
public final class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ControlException(String message) {
        super(message);
    }
}
