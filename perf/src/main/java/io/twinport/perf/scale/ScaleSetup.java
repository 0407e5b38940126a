package io.twinport.perf.scale;

import io.twinport.dpdk.EalArguments;
import io.twinport.perf.launch.Rig;
import io.twinport.posix.Affinity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What all launches of a run have in common.
 *
 * @param secondCpu of the second loop, where there are two
 * @param measured how long each loop is measured
 * @param warmUp how long it runs before that
 * @param launcher by which {@code run} is started, empty: as this process was
 */
record ScaleSetup(Rig rig, int secondCpu, Duration measured, Duration warmUp, Optional<Path> launcher) {
    static final int FRAME_BYTES = 64;

    /** Frames received and sent at once. */
    static final int BURST = 32;

    private static final Duration START = Duration.ofSeconds(60);

    /** The second loop is on the last CPU but one; where there are two that is the one that control has too. */
    static ScaleSetup ofThisMachine(Duration measured, Duration warmUp, Optional<Path> launcher) {
        Rig rig = Rig.ofThisMachine();
        int second = Affinity.ofThisProcess().headSet(rig.pollCpu()).last();
        return new ScaleSetup(rig, second, measured, warmUp, launcher);
    }

    /** CPUs of the loops. */
    List<Integer> pollCpus(int loops) {
        return loops == 1 ? List.of(rig.pollCpu()) : List.of(rig.pollCpu(), secondCpu);
    }

    /** Whether a second loop has to share its CPU with all else of the process. */
    boolean sharesSecondCpu() {
        return secondCpu == rig.otherCpu();
    }

    /** EAL's arguments of a process of ours. */
    EalArguments eal(int loops) {
        return new EalArguments(new TreeSet<>(pollCpus(loops)), List.of(), new ArrayList<>(rig.memory()));
    }

    /** How long a launch may take before it counts as hung. */
    Duration limit() {
        return measured.plus(warmUp).plus(START);
    }

    /** As a process of ours takes it among its arguments; {@link #parse} reads it. */
    List<String> toArguments() {
        return List.of(rig.toText(), "" + secondCpu, "" + measured.toMillis(), "" + warmUp.toMillis());
    }

    /** Reads {@link #toArguments}. */
    static ScaleSetup parse(List<String> arguments) {
        return new ScaleSetup(
                Rig.parse(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                Duration.ofMillis(Long.parseLong(arguments.get(2))),
                Duration.ofMillis(Long.parseLong(arguments.get(3))),
                Optional.empty());
    }
}
