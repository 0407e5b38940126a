package io.twinport.perf.failover;

import io.twinport.control.UserException;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.Launch;
import io.twinport.posix.Folder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a process has told.
 *
 * @param dpdk the release it ran on
 * @param timeline of its last cut; empty where there are no far ends
 */
record FailoverLaunch(String dpdk, List<Cut> cuts, Optional<Timeline> timeline) {
    /**
     * Runs one.
     *
     * @param peers the compiled {@code failover.c}
     */
    static FailoverLaunch run(FailoverCase what, FailoverSetup setup, Path peers) {
        int cuts = what.isCutOnce() ? 1 : setup.cuts();
        try (Folder sockets = Folder.create("twinport-bench")) {
            Reader reader = new Reader(setup.rig().pollCpu());
            List<String> output = Launch.run(
                    what.label(), command(what, setup, cuts, peers, sockets.path()), setup.limit(), reader::read);
            if (reader.cuts.size() != cuts) {
                throw new UserException(what.label() + " was to be cut " + cuts + " times and tells of "
                        + reader.cuts.size() + ":\n  " + String.join("\n  ", output));
            }
            return new FailoverLaunch(reader.dpdk, reader.cuts, Optional.ofNullable(reader.timeline));
        }
    }

    private static List<String> command(FailoverCase what, FailoverSetup setup, int cuts, Path peers, Path sockets) {
        if (what.isOurs()) {
            return Launch.java(
                    FailoverChild.class,
                    FailoverChild.arguments(what, setup.rig(), cuts, setup.packetsPerSecond(), sockets));
        }
        List<String> command = new ArrayList<>(List.of(peers.toString()));
        command.addAll(setup.rig().ealOfC("bench-" + what.label()));
        command.addAll(List.of("--", what.label(), "" + cuts, "" + setup.packetsPerSecond(), sockets.toString()));
        return command;
    }

    /** Reads the lines while the process runs, and how long its loop has had to wait at each. */
    private static final class Reader {
        private final int pollCpu;
        private final List<Cut> cuts = new ArrayList<>();
        private String dpdk = "";
        private @Nullable Timeline timeline;
        private long waited;

        Reader(int pollCpu) {
            this.pollCpu = pollCpu;
        }

        void read(String line, long pid) {
            if (line.startsWith("DPDK ")) {
                dpdk = line;
            } else if (line.startsWith(Timeline.LINE)) {
                timeline = Timeline.parse(line);
            } else if (line.startsWith(Cut.LINE)) {
                long now = CpuWait.nanos(pid, pollCpu);
                // Before the first cut there was the start of the process.
                cuts.add(Cut.parse(line, cuts.isEmpty() ? Cut.UNKNOWN : now - waited));
                waited = now;
            }
        }
    }
}
