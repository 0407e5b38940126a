package io.twinport.control.cli;

import io.twinport.dataplane.line.SideLine;
import picocli.CommandLine.Option;

/** How many queues a failover port has. */
final class QueueOptions {
    @Bounds(least = 1, most = SideLine.MOST_QUEUES)
    @Option(
            names = "--queues",
            defaultValue = "1",
            paramLabel = "Q",
            description =
                    "Queue pairs of the port, ${BOUNDS}, spread over the CPUs of -l. A device with n < Q is used by"
                            + " queue number modulo n. Default: ${DEFAULT-VALUE}")
    int queues = 1;
}
