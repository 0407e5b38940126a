package io.twinport.control.qmp;

/** QEMU refused a command, did not answer in time, or is gone. The message names the command and QEMU's own words. */
public final class QmpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    QmpException(String message) {
        super(message);
    }

    QmpException(String message, Throwable cause) {
        super(message, cause);
    }
}
