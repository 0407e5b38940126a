package io.twinport.control.host.migrate;

/** A step has not come to what it should. */
final class StepException extends Exception {
    private static final long serialVersionUID = 1L;

    StepException(String message) {
        super(message);
    }
}
