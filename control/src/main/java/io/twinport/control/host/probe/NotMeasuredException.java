package io.twinport.control.host.probe;

/** A state of a VF that there cannot be on this machine; the message says why. */
final class NotMeasuredException extends Exception {
    private static final long serialVersionUID = 1L;

    NotMeasuredException(String message) {
        super(message);
    }
}
