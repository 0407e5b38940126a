package io.twinport.perf.forward;

import io.twinport.control.Folder;
import io.twinport.control.Machine;
import io.twinport.control.UserException;
import io.twinport.perf.launch.Launch;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Launches the cases in turn, each in a fresh process, and compares them. */
final class ForwardBench {
    static final int ATTEMPTS = 4;

    private static final Path NO_SOCKET = Path.of("");

    private final ForwardSetup setup;
    private final int attempts;
    private final PrintStream out;

    ForwardBench(ForwardSetup setup, PrintStream out) {
        this(setup, ATTEMPTS, out);
    }

    /** @param attempts how often a launch is made at most, while others disturb it */
    ForwardBench(ForwardSetup setup, int attempts, PrintStream out) {
        this.setup = setup;
        this.attempts = attempts;
        this.out = out;
    }

    /**
     * @param launches of each case; each round begins with another case, so that none always follows the same one
     * @param command how the user can run the same again
     */
    ForwardResult run(int launches, String command) {
        Map<ForwardCase, List<Sample>> samples = new EnumMap<>(ForwardCase.class);
        for (ForwardCase what : ForwardCase.values()) {
            samples.put(what, new ArrayList<>());
        }
        for (int round = 0; round < launches; round++) {
            List<ForwardCase> order = new ArrayList<>(List.of(ForwardCase.values()));
            Collections.rotate(order, -round);
            for (ForwardCase what : order) {
                Sample sample = undisturbed(what, (round + 1) + "/" + launches);
                Objects.requireNonNull(samples.get(what)).add(sample);
            }
        }
        ForwardResult result = new ForwardResult(
                command,
                Machine.describe(),
                Objects.requireNonNull(samples.get(ForwardCase.BARE)).getFirst().dpdk(),
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
        print(result);
        return result;
    }

    /** Repeats a launch while others have taken more than a little of its CPU; the last attempt counts as it is. */
    private Sample undisturbed(ForwardCase what, String round) {
        int attempt = 0;
        while (true) {
            Sample sample = launch(what);
            check(what, sample);
            boolean again = sample.isDisturbed() && ++attempt < attempts;
            String waited = sample.isDisturbed()
                    ? String.format(
                            Locale.ROOT, "   other processes had %.1f %% of its CPU", 100 * sample.waitedShare())
                    : "";
            say("%s  %-9s %8.2f Mpps%s%s", round, what.label(), sample.mpps(), waited, again ? ": again" : "");
            if (!again) {
                return sample;
            }
        }
    }

    private void check(ForwardCase what, Sample sample) {
        if (sample.packets() < setup.packets() || sample.nanos() <= 0) {
            throw new UserException(what.label() + " has forwarded " + sample.packets() + " packets in "
                    + sample.nanos() + " ns, not the " + setup.packets() + " asked for");
        }
    }

    private void print(ForwardResult result) {
        say("");
        say("%-10s %10s %10s %10s %14s", "case", "median", "min", "max Mpps", "ns per packet");
        result.cases()
                .forEach((name, rates) -> say(
                        "%-10s %10.2f %10.2f %10.2f %14.3f",
                        name, rates.median(), rates.min(), rates.max(), rates.nanosPerPacket()));
        say("");
        say("%-18s %8s %8s %8s   %s", "ratio by round", "median", "min", "max", "95 % interval of the median");
        result.ratios()
                .forEach((name, ratio) -> say(
                        "%-18s %8.3f %8.3f %8.3f   %.3f to %.3f",
                        label(name), ratio.median(), ratio.min(), ratio.max(), ratio.low(), ratio.high()));
        say("");
        result.cases()
                .forEach((name, rates) -> say(
                        "%-10s first packet %.2f s after its process was started (median)",
                        name, rates.firstPacketSeconds()));
        say("%s, JDK %s, %s, %s", result.dpdk(), result.jdk(), hugepages(result), result.machine());
    }

    private static String label(String ratio) {
        return ratio.replace("Vs", " / ").toLowerCase(Locale.ROOT);
    }

    private static String hugepages(ForwardResult result) {
        return result.hugepages() ? "hugepages" : "no hugepages";
    }

    private Sample launch(ForwardCase what) {
        if (setup.device() != ForwardDevice.VHOST) {
            return what == ForwardCase.TESTPMD ? Testpmd.measure(setup) : ours(what, NO_SOCKET, () -> {});
        }
        try (Folder folder = Folder.create("twinport-bench")) {
            Path socket = folder.path().resolve("far");
            try (Testpmd far = Testpmd.farEnd(setup, socket)) {
                if (what == ForwardCase.TESTPMD) {
                    return Testpmd.measure(setup, socket, far);
                }
                return ours(what, socket, () -> far.sendFirst(setup.size(), ForwardSetup.DEFAULT_BURST));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
        String line = lines.stream()
                .filter(text -> text.startsWith(ForwardChild.RESULT))
                .findFirst()
                .orElseThrow(() -> new UserException("no result among:\n  " + String.join("\n  ", lines)));
        String[] fields = line.split(" ", 6);
        return new Sample(
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[4]),
                fields[5]);
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
    private void say(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }
}
