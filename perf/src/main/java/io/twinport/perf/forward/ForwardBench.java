package io.twinport.perf.forward;

import io.twinport.control.Machine;
import io.twinport.control.UserException;
import io.twinport.perf.launch.CProgram;
import io.twinport.perf.launch.Disturbable;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rounds;
import io.twinport.posix.Folder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Launches the cases in turn, each in a fresh process. */
final class ForwardBench {
    private static final Path NO_SOCKET = Path.of("");

    private final ForwardSetup setup;
    private final List<ForwardCase> cases;
    private final int attempts;
    private final PrintStream out;

    /**
     * @param cases that the setup can have
     * @param attempts how often a launch is made at most, while others disturb it
     */
    ForwardBench(ForwardSetup setup, List<ForwardCase> cases, int attempts, PrintStream out) {
        this.setup = setup;
        this.cases = cases;
        this.attempts = attempts;
        this.out = out;
    }

    /**
     * @param launches of each case; each round begins with another case, so that none always follows the same one
     * @param command how the user can run the same again
     */
    ForwardResult run(int launches, String command) {
        Map<ForwardCase, List<Sample>> samples = Rounds.run(cases, launches, this::undisturbed);
        return new ForwardResult(
                command,
                Machine.describe(),
                dpdk(samples),
                Machine.jdk(),
                setup.rig().hasHugepages(),
                setup.device().label(),
                setup.size().name(),
                setup.burst(),
                setup.mode().label(),
                setup.packets(),
                launches,
                ForwardResult.rates(samples),
                ForwardResult.ratios(samples));
    }

    /** testpmd does not tell. */
    private static String dpdk(Map<ForwardCase, List<Sample>> samples) {
        return samples.values().stream()
                .map(list -> list.getFirst().dpdk())
                .filter(release -> !release.isEmpty())
                .findFirst()
                .orElseGet(CProgram::dpdk);
    }

    private Sample undisturbed(ForwardCase what, String round) {
        return Disturbable.undisturbed(attempts, () -> launchChecked(what), (sample, note) -> {
            out.println(String.format(Locale.ROOT, "%s  %-9s %8.2f Mpps%s", round, what.label(), sample.mpps(), note));
        });
    }

    private Sample launchChecked(ForwardCase what) {
        Sample sample = launch(what);
        if (sample.packets() < setup.packets() || sample.nanos() <= 0) {
            throw new UserException(what.label() + " has forwarded " + sample.packets() + " packets in "
                    + sample.nanos() + " ns, not the " + setup.packets() + " asked for");
        }
        return sample;
    }

    private Sample launch(ForwardCase what) {
        if (!setup.device().hasFarEnd()) {
            return what.isC() ? Testpmd.measure(what, setup) : ours(what, NO_SOCKET, () -> {});
        }
        try (Folder folder = Folder.create("twinport-bench")) {
            Path socket = folder.path().resolve("far");
            try (Testpmd far = Testpmd.farEnd(setup, socket)) {
                if (what.isC()) {
                    return Testpmd.measure(what, setup, socket, far);
                }
                return ours(what, socket, () -> far.sendFirst(setup.size(), ForwardSetup.DEFAULT_BURST));
            }
        }
    }

    /** @param ready what is to be done when frames can come */
    private Sample ours(ForwardCase what, Path socket, Runnable ready) {
        List<String> command = Launch.java(ForwardChild.class, ForwardChild.arguments(what, setup, socket));
        command.add(1, "-D" + ForwardChild.STARTED_AT + "=" + System.nanoTime());
        return sample(Launch.run(what.label(), command, setup.limit(), (line, pid) -> {
            if (line.equals(ForwardChild.READY)) {
                ready.run();
            }
        }));
    }

    /** Finds the child's result among what EAL may have printed. */
    static Sample sample(List<String> lines) {
        String[] fields = Launch.find(ForwardChild.RESULT, lines).split(" ", 5);
        return new Sample(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                fields[4]);
    }
}
