package io.twinport.control.cli;

import io.twinport.control.OutputFile;
import io.twinport.control.UserException;
import io.twinport.control.host.probe.Emulation;
import io.twinport.control.host.probe.EmulationProbe;
import io.twinport.control.host.probe.FilterVerdict;
import io.twinport.control.host.probe.Holder;
import io.twinport.control.host.probe.SriovProbe;
import io.twinport.control.host.probe.Timeline;
import io.twinport.control.host.probe.VerdictFile;
import io.twinport.posix.ThisUser;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code twinport probe}. */
@Command(
        name = "probe",
        description = "Measure what a host's NIC does. For hosts of guests; needs no DPDK.",
        subcommands = ProbeCommand.MacFilter.class,
        mixinStandardHelpOptions = true)
final class ProbeCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UserException("probe: give a command, 'probe mac-filter --help' says more.");
    }

    /** {@code twinport probe mac-filter}. */
    @Command(
            name = "mac-filter",
            description = {
                "Where do frames for a VF's address go while the VF comes and goes? Walks a VF through its states, sends"
                        + " numbered frames to its address, looks at all places at once, and says what each change does to"
                        + " the frames.",
                "",
                "  twinport probe mac-filter --emulate              # the tool itself, on NICs that are known",
                "  twinport probe mac-filter --pf eth0 --vf 0 --make-vf --from eth1 --verdicts nics.json",
                "",
                "It changes the PF and the VF, as root, and takes everything back at its end. It refuses a PF or a VF that"
                        + " anybody uses."
            },
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Exit codes: 0 probed; 1 something could not be measured, or an emulated NIC was judged wrongly; 2 bad"
                        + " input, or refused."
            })
    static final class MacFilter implements Callable<Integer> {
        private static final int MOST_VFS = 65_535;
        private static final int MOST_FRAMES = 100_000;
        private static final int MOST_RATE = 100_000;
        private static final int MOST_ROUNDS = 10_000;

        /** In which the machine is put back as it was. */
        private static final int RESTORE_SECONDS = 120;

        @Option(
                names = "--emulate",
                description =
                        "Probe NICs made of a bridge and veths, in network namespaces of their own. What each does is"
                                + " known, and the probe has to find it.")
        boolean emulate;

        @Bounds(least = 1, most = MOST_ROUNDS)
        @Option(
                names = "--rounds",
                paramLabel = "N",
                description = "With --emulate: how often each, ${BOUNDS}. Default: 1")
        @Nullable
        Integer rounds;

        @Option(names = "--pf", paramLabel = "NAME", description = "The PF's interface. It must be up, and unused.")
        @Nullable
        String pf;

        @Bounds(least = 0, most = MOST_VFS)
        @Option(names = "--vf", paramLabel = "N", description = "Which VF of the PF: ${BOUNDS}. It must be unused.")
        @Nullable
        Integer vf;

        @Option(
                names = "--make-vf",
                description =
                        "The PF has no VF: make VFs up to that one, and take them away at the end. Only so the states"
                                + " without a VF are measured.")
        boolean makeVf;

        @Option(
                names = "--from",
                paramLabel = "NAME",
                description = "The interface that sends. Its frames reach the PF by the wire: the NIC's second port, or"
                        + " another NIC on the same network.")
        @Nullable
        String from;

        @Option(
                names = "--way",
                paramLabel = "WAY",
                split = ",",
                description =
                        "The standby's way beside the VF. bridge: a bridge over the PF. filter: the same, and the PF's"
                                + " unicast filter has the address. macvlan: a macvlan over the PF. pf: none, the PF alone. Several are"
                                + " separated by commas. Default: all; with --emulate bridge")
        List<String> ways = List.of();

        @Bounds(least = 20, most = MOST_FRAMES)
        @Option(
                names = "--frames",
                paramLabel = "N",
                defaultValue = "100",
                description = "Frames that are counted in each state: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
        int frames;

        @Bounds(least = 10, most = MOST_RATE, unit = "frames per second")
        @Option(
                names = "--rate",
                paramLabel = "PPS",
                defaultValue = "5000",
                description =
                        "How fast they are sent: ${BOUNDS}. The time between two of them is the least that can be told"
                                + " apart. Default: ${DEFAULT-VALUE}")
        int rate;

        @Option(
                names = "--json",
                paramLabel = "FILE|-",
                description = "Write the result as JSON; '-': to stdout, and everything else to stderr.")
        @Nullable
        String json;

        @Option(
                names = "--svg",
                paramLabel = "FILE",
                description = "Write a picture: by which way the frames came, in time.")
        @Nullable
        Path svg;

        @Option(
                names = "--verdicts",
                paramLabel = "FILE",
                description =
                        "Keep what was found of this NIC in a file, for all with the same PCI id, driver and firmware.")
        @Nullable
        Path verdicts;

        @Override
        public Integer call() throws IOException {
            checkOptions();
            Commands.checkWritable("--json", json);
            Commands.checkWritable("--svg", svg == null ? null : svg.toString());
            Commands.checkWritable("--verdicts", verdicts == null ? null : verdicts.toString());
            List<Holder> holders = holders();
            Commands.check(
                    ThisUser.id() == ThisUser.ROOT, "this user", "root, who may make interfaces (sudo twinport ...)");
            return emulate ? emulate(holders) : probe(holders);
        }

        private void checkOptions() {
            if (emulate == (pf != null)) {
                throw new UserException(
                        "probe mac-filter: give either --emulate, or a VF to probe (--pf NAME --vf N --from NAME).");
            }
            if (emulate && (vf != null || makeVf || from != null || verdicts != null)) {
                throw new UserException(
                        "--vf, --make-vf, --from and --verdicts are for a NIC that there is. Leave them out with --emulate.");
            }
            if (!emulate && (vf == null || from == null)) {
                throw new UserException("--pf " + pf + " needs --vf N, the VF that may be changed, and --from NAME, the"
                        + " interface that sends. Give both.");
            }
            if (!emulate && rounds != null) {
                throw new UserException("--rounds " + rounds + " is for --emulate. Leave it out.");
            }
        }

        private List<Holder> holders() {
            List<Holder> all = List.of(Holder.values());
            if (ways.isEmpty()) {
                return emulate ? List.of(Holder.BRIDGE) : all;
            }
            String known = all.stream().map(Holder::toString).collect(Collectors.joining(", "));
            return ways.stream()
                    .map(way -> all.stream()
                            .filter(each -> each.toString().equals(way))
                            .findFirst()
                            .orElseThrow(
                                    () -> new UserException("--way " + way + " is not possible: give " + known + ".")))
                    .distinct()
                    .toList();
        }

        private int emulate(List<Holder> holders) throws IOException {
            PrintStream out = Commands.textStream(json);
            List<EmulationProbe.Result> results = new ArrayList<>();
            try (Interrupt interrupt = Interrupt.install()) {
                int times = rounds == null ? 1 : rounds;
                for (int round = 0; round < times; round++) {
                    for (Emulation emulation : Emulation.values()) {
                        for (Holder holder : holders) {
                            results.add(EmulationProbe.run(emulation, holder, frames, rate, interrupt::isRequested));
                        }
                    }
                }
            }
            long right = results.stream().filter(EmulationProbe.Result::isRight).count();
            ProbeView.emulations(results, out);
            out.printf("%n%d of %d emulated NICs judged right%n", right, results.size());
            write(
                    results,
                    results.stream()
                            .map(each -> new Timeline.Named(
                                    "emulated: " + each.emulation() + ", "
                                            + each.walk().holder().description(),
                                    each.walk()))
                            .toList());
            return right == results.size() ? 0 : 1;
        }

        private int probe(List<Holder> holders) throws IOException {
            PrintStream out = Commands.textStream(json);
            VerdictFile known = verdicts == null ? null : VerdictFile.read(verdicts);
            SriovProbe probe = SriovProbe.of(String.valueOf(pf), vf == null ? 0 : vf, String.valueOf(from), makeVf);
            out.println("probing VF " + vf + " of " + pf + ", " + probe.nic());
            Optional<FilterVerdict> before = Optional.ofNullable(known).flatMap(file -> file.find(probe.nic()));
            before.ifPresent(each -> out.println("measured before, on " + each.measured() + ": " + each.advice()));
            SriovProbe.Result result;
            try (Interrupt interrupt = Interrupt.install(Interrupt.INTERRUPTED, RESTORE_SECONDS)) {
                result = probe.run(holders, frames, rate, interrupt::isRequested);
            }
            ProbeView.probe(result, out);
            write(
                    result,
                    result.walks().stream()
                            .map(walk -> new Timeline.Named(
                                    probe.nic() + ", " + walk.holder().description(), walk))
                            .toList());
            if (verdicts != null) {
                VerdictFile.keep(verdicts, result.verdict());
            }
            return result.isComplete() ? 0 : 1;
        }

        private void write(Object result, List<Timeline.Named> walks) throws IOException {
            if (json != null) {
                Commands.writeJson(result, json);
            }
            if (svg != null) {
                OutputFile.write("--svg", svg, Timeline.of(walks));
            }
        }
    }
}
