package io.twinport.perf.virtio;

import io.twinport.perf.launch.Rig;
import io.twinport.perf.statistics.Row;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The rows of {@code bench all} about our virtio driver. */
public final class VirtioRows {
    private static final int LAUNCHES = 5;

    private VirtioRows() {}

    /** @param quick one launch of each case */
    public static List<Row> measure(Rig rig, boolean quick, PrintStream out) {
        out.println();
        out.println("virtio: time for a frame over vhost-user");
        VirtioResult result = new VirtioBench(rig, quick ? 1 : VirtioCommand.ROUNDS, out)
                .run(quick ? 1 : LAUNCHES, "./twinport bench all");
        return result.ratios().entrySet().stream()
                .map(named -> new Row(
                        "virtio." + named.getKey(),
                        named.getValue().median(),
                        named.getValue().low(),
                        named.getValue().high(),
                        Map.of("nanos", result.nanos())))
                .toList();
    }
}
