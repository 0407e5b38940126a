package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.run.HandlerSpec;
import io.twinport.dataplane.SideLine;
import picocli.CommandLine.Option;

/** How many queues a failover port has. */
final class QueueOptions {
    /** Mbufs of a port with up to two queues. */
    private static final int MBUFS = 8192;

    private static final int MEGABYTES = 128;
    private static final int MBUF_BYTES = 2432;

    @Option(
            names = "--queues",
            defaultValue = "1",
            paramLabel = "Q",
            description = "Queue pairs of the port, 1 to 16, spread over the CPUs of -l. A device with n < Q is used by"
                    + " queue number modulo n. Default: ${DEFAULT-VALUE}")
    int queues = 1;

    /** Checked. */
    int queues(HandlerSpec handler) {
        Commands.check(queues >= 1 && queues <= SideLine.MOST_QUEUES, "--queues " + queues, "1 to 16");
        if (queues > 1 && handler instanceof HandlerSpec.Tap tap) {
            throw new UserException("--queues " + queues + " and --handler tap:" + tap.name()
                    + ": an interface of the kernel's has one queue here. Leave --queues out, or choose reflect, sink or"
                    + " generate.");
        }
        return queues;
    }

    /** For the rings of both sides, the caches, and what handlers and relays hold. */
    int mbufs() {
        int pairs = Math.max(1, Integer.highestOneBit(2 * queues - 1) / 2);
        return MBUFS * pairs - 1;
    }

    /** Memory for DPDK. */
    int megabytes() {
        return MEGABYTES + (int) ((long) (mbufs() + 1 - MBUFS) * MBUF_BYTES >> 20);
    }
}
