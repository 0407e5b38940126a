package io.twinport.perf.stall;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.perf.load.Forwarder;
import io.twinport.perf.load.LoopSetup;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a process has told.
 *
 * @param dpdk the release it ran on
 * @param passes nanoseconds of each
 * @param waited nanoseconds of the measured time in which another process had the loop's CPU
 */
record StallLaunch(String dpdk, Histogram passes, long waited) {
    private static final String DEVICE = "net_null0,size=64";
    private static final int BURST = 32;

    /**
     * Runs one.
     *
     * @param program the compiled {@code stall.c}
     */
    static StallLaunch run(StallCase what, StallSetup setup, Path program) {
        try (Forwarder loop = start(what, setup, program)) {
            Pause.millis(setup.warmUp().toMillis());
            loop.record();
            long waited = loop.waited();
            Pause.millis(setup.measured().toMillis());
            waited = loop.waited() - waited;
            Histogram passes = loop.passes();
            if (passes.getTotalCount() == 0) {
                throw new UserException(what.label() + " tells of no pass");
            }
            return new StallLaunch(loop.dpdk(), passes, waited);
        }
    }

    private static Forwarder start(StallCase what, StallSetup setup, Path program) {
        if (what == StallCase.C) {
            return Forwarder.stall(program, setup.rig(), DEVICE);
        }
        return Forwarder.ours(
                what.label(),
                new LoopSetup(
                        setup.rig(),
                        List.of(DEVICE, LoopSetup.IDLE_STANDBY),
                        BURST,
                        true,
                        what.allocates() ? setup.allocated() : 0),
                what.collector());
    }
}
