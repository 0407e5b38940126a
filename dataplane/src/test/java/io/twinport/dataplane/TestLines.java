package io.twinport.dataplane;

import io.twinport.dpdk.EthDev;

/** Lines for tests that call a port themselves, with no loop that a device could join. */
public final class TestLines {
    private TestLines() {}

    /** The line of a started device. */
    public static long of(EthDev dev) {
        return of(dev, 0);
    }

    /** The line of a started device for a port's queue. */
    public static long of(EthDev dev, int queue) {
        long line = SideLine.allocate();
        SideLine.write(line, dev, queue);
        return line;
    }

    /** From now on what the line's device has sent is known in that way, of {@link TxCompletion}. */
    public static void completion(long line, int kind) {
        SideLine.completion(line, kind);
    }
}
