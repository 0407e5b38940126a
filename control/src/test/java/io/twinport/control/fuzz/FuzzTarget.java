package io.twinport.control.fuzz;

import java.io.IOException;
import java.util.List;

/** A reader that is given anything. One thread uses it. */
public interface FuzzTarget extends AutoCloseable {
    /** Inputs as they should be, to begin with. */
    List<byte[]> seeds();

    /**
     * Has something read.
     *
     * @throws Exception of the reader's; those for users are as they should be, and any other is a fault
     */
    void read(byte[] input) throws Exception;

    @Override
    default void close() throws IOException {}
}
