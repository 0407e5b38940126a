package io.twinport.perf.latency;

import io.twinport.control.UserException;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.Launch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a process has told.
 *
 * @param dpdk the release it ran on
 * @param passes nanoseconds of each
 * @param waited nanoseconds of the measured time in which another process had the loop's CPU
 */
record LoopLaunch(String dpdk, Histogram passes, long waited) {
    // The lines that a process tells by.
    static final String BEGIN = "begin";
    static final String MEASURED = "measured";
    static final String PASS = "pass ";

    /**
     * Runs one.
     *
     * @param program the compiled {@code stall.c}
     */
    static LoopLaunch run(LoopCase what, LoopSetup setup, Path program) {
        Reader reader = new Reader(setup.rig().pollCpu());
        List<String> output = Launch.run(what.label(), command(what, setup, program), setup.limit(), reader::read);
        if (reader.passes.getTotalCount() == 0) {
            throw new UserException(what.label() + " tells of no pass:\n  " + String.join("\n  ", output));
        }
        return new LoopLaunch(reader.dpdk, reader.passes, reader.waited);
    }

    private static List<String> command(LoopCase what, LoopSetup setup, Path program) {
        if (what == LoopCase.C) {
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(setup.rig().ealOfC("bench-stall"));
            command.addAll(List.of(
                    "--vdev=net_null0,size=64",
                    "--",
                    "" + setup.warmUp().toMillis(),
                    "" + setup.measured().toMillis()));
            return command;
        }
        LoopSetup ours =
                new LoopSetup(setup.rig(), setup.measured(), setup.warmUp(), what.allocates() ? setup.allocated() : 0);
        List<String> command = Launch.java(LoopChild.class, ours.toArguments());
        if (what.allocates()) {
            command.removeIf(argument -> argument.matches("-XX:\\+Use.*GC"));
            command.add(1, what.collector());
        }
        return command;
    }

    /** Reads the lines while the process runs. */
    private static final class Reader {
        private final int pollCpu;
        private final Histogram passes = TimedPasses.newHistogram();
        private String dpdk = "";
        private long waited;

        Reader(int pollCpu) {
            this.pollCpu = pollCpu;
        }

        void read(String line, long pid) {
            if (line.startsWith("DPDK ")) {
                dpdk = line;
            } else if (line.equals(BEGIN)) {
                waited = CpuWait.nanos(pid, pollCpu);
            } else if (line.equals(MEASURED)) {
                waited = CpuWait.nanos(pid, pollCpu) - waited;
            } else if (line.startsWith(PASS)) {
                String[] fields = line.split(" ", -1);
                passes.recordValueWithCount(
                        Math.min(Long.parseLong(fields[1]), TimedPasses.HIGHEST_NANOS), Long.parseLong(fields[2]));
            }
        }
    }
}
