package io.twinport.control.fuzz;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A reader that is given anything. One thread uses it. */
public interface FuzzTarget extends AutoCloseable {
    /** Inputs as they should be, to begin with. */
    List<byte[]> seeds();

    /** Another input, made by the rules of what is read, which it breaks now and then; empty where seeds are enough. */
    default Optional<byte[]> draw(Random random) {
        return Optional.empty();
    }

    /**
     * Has something read.
     *
     * @throws Exception of the reader's; those for users are as they should be, and any other is a fault
     */
    void read(byte[] input) throws Exception;

    @Override
    default void close() throws IOException {}
}
