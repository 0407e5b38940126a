package io.twinport.perf.load;

import io.twinport.perf.launch.Rig;
import java.util.ArrayList;
import java.util.List;

/**
 * A forwarder of ours.
 *
 * @param devices devargs: of one a bare port is made, of two a failover port, the second its standby
 * @param burst frames received and sent at once, at most
 * @param timed whether its passes can be recorded, which costs some 40 ns of each
 * @param allocated megabytes per second, by its control plane
 */
public record LoopSetup(Rig rig, List<String> devices, int burst, boolean timed, int allocated) {
    /** Devargs of a standby that is up: one that yields 32 frames whenever it is drained would measure itself. */
    public static final String IDLE_STANDBY = "net_null1,no-rx=1";

    /** As the process takes it; {@link #parse} reads it. */
    List<String> toArguments() {
        List<String> arguments = new ArrayList<>(List.of(rig.toText(), "" + burst, "" + timed, "" + allocated));
        arguments.addAll(devices);
        return arguments;
    }

    /** Reads {@link #toArguments}. */
    static LoopSetup parse(List<String> arguments) {
        return new LoopSetup(
                Rig.parse(arguments.get(0)),
                arguments.subList(4, arguments.size()),
                Integer.parseInt(arguments.get(1)),
                Boolean.parseBoolean(arguments.get(2)),
                Integer.parseInt(arguments.get(3)));
    }
}
