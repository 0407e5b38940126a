package io.twinport.dataplane.loop;

/** A poll loop has not taken a device: it may do so yet, so the device stays started and must not be touched (U6). */
public final class StuckLoopException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StuckLoopException(String message) {
        super(message);
    }
}
