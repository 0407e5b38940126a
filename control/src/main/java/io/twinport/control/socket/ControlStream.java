package io.twinport.control.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;

/** Bytes that follow an answer until the connection ends. */
@FunctionalInterface
public interface ControlStream {
    /**
     * Writes all of it; returns early when nobody wants it any more.
     *
     * @param wanted whether the client still listens
     */
    void write(OutputStream out, BooleanSupplier wanted) throws IOException;
}
