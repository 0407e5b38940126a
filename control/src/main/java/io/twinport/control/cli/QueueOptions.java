package io.twinport.control.cli;

import io.twinport.dataplane.SideLine;
import picocli.CommandLine.Option;

/** How many queues a failover port has. */
final class QueueOptions {
    @Option(
            names = "--queues",
            defaultValue = "1",
            paramLabel = "Q",
            description = "Queue pairs of the port, 1 to 16, spread over the CPUs of -l. A device with n < Q is used by"
                    + " queue number modulo n. Default: ${DEFAULT-VALUE}")
    int queues = 1;

    /** Checked. */
    int queues() {
        Commands.check(queues >= 1 && queues <= SideLine.MOST_QUEUES, "--queues " + queues, "1 to 16");
        return queues;
    }
}
