package io.twinport.dataplane.warmup;

import io.twinport.dataplane.line.SideLine;

/** A side of a port that exists for the warm-up only. For one thread. */
public interface ScratchSide extends AutoCloseable {
    /** Address of its {@link SideLine}; of no use once the side is closed. */
    long line();

    void link(boolean isUp);

    /** What its device does by itself meanwhile. */
    void turn();

    @Override
    void close();
}
