package io.twinport.perf;

import io.twinport.control.UserException;
import io.twinport.dpdk.EalArguments;
import io.twinport.posix.Affinity;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What all launches of a run have in common.
 *
 * @param pollCpu the CPU of the forwarding loop
 * @param otherCpu where everything else of the process runs
 * @param memory EAL's options for memory
 * @param packets how many are forwarded in the measured time, at least
 * @param warmUp how long each process forwards before that
 */
record ForwardSetup(int pollCpu, int otherCpu, List<String> memory, long packets, Duration warmUp) {
    /** Frames in a burst and slots in a ring are the product's own; these are given to testpmd. */
    static final int BURST = 32;

    static final int DESCRIPTORS = 512;
    static final int MBUFS = 16_383;
    static final int MBUF_CACHE = 256;

    private static final int MEGABYTES = 128;

    /** A machine that forwards less than that is no machine for this benchmark. */
    private static final long LEAST_PACKETS_PER_SECOND = 5_000_000;

    /** Takes the last CPU for the loop and the first one for the rest. */
    static ForwardSetup onThisMachine(long packets, Duration warmUp) {
        SortedSet<Integer> mine = Affinity.ofThisProcess();
        if (mine.size() < 2) {
            throw new UserException("This process may use CPU " + mine.first()
                    + " only; the benchmark wants one for the loop and another one for everything else."
                    + " Give it two (taskset, cpuset, or a larger machine).");
        }
        EalArguments arguments =
                new EalArguments(new TreeSet<>(List.of(mine.last())), List.of(), List.of()).withMemoryAtHand(MEGABYTES);
        return new ForwardSetup(mine.last(), mine.first(), arguments.extra(), packets, warmUp);
    }

    /** How long a launch may take before it counts as hung. */
    Duration limit() {
        return warmUp.plusSeconds(30 + packets / LEAST_PACKETS_PER_SECOND);
    }
}
