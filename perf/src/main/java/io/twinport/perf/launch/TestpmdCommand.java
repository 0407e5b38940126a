package io.twinport.perf.launch;

import java.util.ArrayList;
import java.util.List;

/** How {@code dpdk-testpmd} is started where it forwards from one port to the same one. */
public final class TestpmdCommand {
    /** How the line of its port statistics begins that tells how many frames the driver has sent. */
    public static final String SENT = "  TX-packets:";

    private TestpmdCommand() {}

    /**
     * One that forwards as soon as its prompt is told to {@code start}.
     *
     * @param eal EAL's arguments, the device among them
     * @param mode its word for what is done with a frame
     * @param burst frames at once, at most
     * @param options of its own beside the usual ones
     */
    public static List<String> of(List<String> eal, String mode, int burst, List<String> options) {
        // Line by line: a pipe makes it buffer its answers until it ends.
        List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", "dpdk-testpmd"));
        command.addAll(eal);
        command.addAll(List.of(
                "--",
                "-i",
                "--nb-cores=1",
                "--forward-mode=" + mode,
                "--port-topology=loop",
                "--no-lsc-interrupt",
                // Else each start would throw away the frames that go round.
                "--no-flush-rx",
                "--burst=" + burst,
                "--total-num-mbufs=" + Rig.MBUFS,
                "--mbcache=" + Rig.MBUF_CACHE,
                "--rxd=" + Rig.DESCRIPTORS,
                "--txd=" + Rig.DESCRIPTORS));
        command.addAll(options);
        return command;
    }
}
