package io.twinport.control.cli;

import io.twinport.control.Journal;
import io.twinport.control.Log;
import io.twinport.control.Printable;
import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.migrate.MigrationJournal;
import io.twinport.control.host.migrate.Move;
import io.twinport.control.host.migrate.Outcome;
import io.twinport.control.host.migrate.Plan;
import io.twinport.control.host.migrate.PlanText;
import io.twinport.control.host.migrate.Planner;
import io.twinport.control.host.migrate.Request;
import io.twinport.control.host.migrate.Runner;
import io.twinport.control.host.migrate.UnreachableException;
import io.twinport.control.host.migrate.VirshHosts;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinport migrate}. */
@Command(
        name = "migrate",
        description = "Migrate a guest that has a pair: its primary is taken out before, and put back after.",
        subcommands = {MigrateCommand.Show.class, MigrateCommand.Run.class, MigrateCommand.Reattach.class},
        mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
    /** A guest that keeps its device is waited for twice, and the migration's end once. */
    private static final int END_SECONDS = 180;

    @Override
    public Integer call() {
        throw new UserException("migrate: give a command, 'migrate plan DOMAIN TARGET-URI'.");
    }

    /** What a plan is printed as. */
    enum Form {
        text,
        json,
        sh
    }

    /** Which hosts, which guests, and how. */
    static final class Options {
        @Parameters(
                index = "0",
                paramLabel = "DOMAIN",
                description = "The guest, by its name; several, one after another: vm01,vm02")
        String domain = "";

        @Parameters(
                index = "1",
                paramLabel = "TARGET-URI",
                description = "The libvirt that gets it: qemu+ssh://HOST/system")
        String target = "";

        @Option(
                names = "--connect",
                paramLabel = "URI",
                description = "The libvirt that has them. Default: ${DEFAULT-VALUE}")
        String connect = "qemu:///system";

        @Option(
                names = "--on-source",
                paramLabel = "COMMAND",
                description = "What starts a program on the source, where its URI does not tell: 'ssh root@HOST'")
        String onSource = "";

        @Option(names = "--on-target", paramLabel = "COMMAND", description = "Likewise for the target.")
        String onTarget = "";

        @Option(
                names = "--way",
                paramLabel = "managed|qemu",
                description =
                        "Who takes the primary out and puts it back. managed: twinport, by libvirt, before and after."
                                + " qemu: QEMU, within the migration (failover=on): refused unless the guest has acknowledged"
                                + " VIRTIO_NET_F_STANDBY. Default: managed")
        String way = "managed";

        @Option(
                names = "--nic",
                paramLabel = "early|late|unknown",
                description =
                        "Where the NIC sends the frames for a VF whose driver is not up. early: to nobody, so the bridge's"
                                + " uplink gets a filter. late: to the PF. Default: as --verdicts says")
        String nic = "unknown";

        @Mixin
        VerdictsOption verdicts = new VerdictsOption();

        @Option(
                names = "--move",
                paramLabel = "auto|agent|link|unplug",
                description =
                        "What moves the guest to its standby. agent: its agent is asked for 'twinport switch standby'. link:"
                                + " the VF's link is taken down. unplug: the VF's removal, as it suits the kernel's net_failover, which"
                                + " receives by the standby only once the VF is gone. auto: unplug where the guest has acknowledged"
                                + " VIRTIO_NET_F_STANDBY, else link; the plan says which. Default: auto")
        String move = "auto";

        @Option(
                names = "--silent-guest",
                description =
                        "Go on when the guest does not show by which side it sends. Without it that is a failure.")
        boolean silentGuest;

        @Option(
                names = "--migrate-option",
                paramLabel = "OPTION",
                description = "One more option of 'virsh migrate': --migrate-option=--bandwidth=100")
        List<String> migrateOptions = List.of();

        @Bounds(least = 1, most = 86_400)
        @Option(
                names = "--limit-seconds",
                paramLabel = "S",
                description = "Abort a migration that takes longer: ${BOUNDS} seconds. Default: ${DEFAULT-VALUE}")
        int limitSeconds = 1800;

        List<String> domains() {
            return List.of(domain.split(",", -1));
        }

        Request request(String name) {
            return new Request(
                    name("DOMAIN", name),
                    name("--connect", connect),
                    name("TARGET-URI", target),
                    words(onSource),
                    words(onTarget),
                    choice("--way", way, Plan.Way.values()),
                    choice("--move", move, Move.values()),
                    silentGuest,
                    choice("--nic", nic, NicVerdict.EARLY, NicVerdict.LATE, NicVerdict.UNKNOWN),
                    verdicts.read(),
                    migrateOptions.stream().map(Options::migrateOption).toList(),
                    1000L * limitSeconds);
        }

        private static String name(String what, String value) {
            Commands.check(
                    value.matches("[A-Za-z0-9_.][^\\s\\p{Cntrl}'\"`$\\\\;|&<>]{0,1000}"),
                    what + " " + Printable.line(value),
                    "a plain one that does not begin with a hyphen");
            return value;
        }

        private static String migrateOption(String option) {
            Commands.check(
                    option.matches(
                            "--(p2p|tunnelled|bandwidth=\\d+|timeout=\\d+|compressed|auto-converge|parallel|tls|abort-on-error"
                                    + "|parallel-connections=\\d+|migrateuri=[A-Za-z0-9+:/._-]+|verbose|allow-storage-.*|copy-storage-(all|inc))"),
                    "--migrate-option " + Printable.line(option),
                    "one that changes how, and not what is migrated: --p2p, --bandwidth=N, --auto-converge, --parallel, --tls");
            return option;
        }

        private static List<String> words(String command) {
            return Stream.of(command.strip().split("\\s+"))
                    .filter(word -> !word.isEmpty())
                    .toList();
        }

        @SafeVarargs
        private static <E extends Enum<E>> E choice(String option, String given, E... values) {
            return Stream.of(values)
                    .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(given))
                    .findFirst()
                    .orElseThrow(() -> new UserException(option + " " + given + " is not possible: give one of "
                            + Stream.of(values)
                                    .map(each -> each.name().toLowerCase(Locale.ROOT))
                                    .toList() + "."));
        }
    }

    private static Plan plan(Function<Request, Plan> planner, Request request) {
        try {
            return planner.apply(request);
        } catch (UnreachableException e) {
            throw new UserException(e.getMessage() + ". Nothing was touched.", e);
        }
    }

    /** {@code twinport migrate plan}. */
    @Command(
            name = "plan",
            description = "Look at both hosts and print what 'migrate run' would do. Changes nothing.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin
        Options options = new Options();

        @Option(
                names = "--format",
                paramLabel = "text|json|sh",
                description =
                        "text: for people. json: for programs. sh: the two scripts of the kernel's document, mended."
                                + " Default: text")
        String format = "text";

        @Override
        public Integer call() throws IOException {
            Form form = Options.choice("--format", format, Form.values());
            List<Plan> plans = options.domains().stream()
                    .map(domain -> plan(Planner::migration, options.request(domain)))
                    .toList();
            switch (form) {
                case text -> plans.forEach(plan -> PlanText.lines(plan).forEach(System.out::println));
                case sh -> plans.forEach(plan -> PlanText.scripts(plan).forEach(System.out::println));
                case json ->
                    Commands.writeJson(plans.stream().map(PlanText::json).toList(), "-");
            }
            return 0;
        }
    }

    /** What changes hosts. */
    abstract static class Operation implements Callable<Integer> {
        @Mixin
        Options options = new Options();

        @Option(
                names = "--journal",
                paramLabel = "DIR",
                description = "Folder of the journals, on a disk that outlives this process and a power cut. Default:"
                        + " ${DEFAULT-VALUE}")
        Path journal = Path.of("/var/lib/twinport/migrations");

        private final long start = System.nanoTime();

        Path file(String domain) {
            Commands.check(domain.matches("[A-Za-z0-9_.+-]{1,200}"), "DOMAIN " + domain, "letters, digits and _ . + -");
            return journal.resolve(domain + ".journal");
        }

        Log log() {
            return (level, text) -> {
                String line =
                        String.format(Locale.ROOT, "%8.3f %s", (System.nanoTime() - start) / 1e9, Printable.line(text));
                if (level == Level.INFO) {
                    System.out.println(line);
                } else {
                    System.err.println(Journal.forStderr(level, line));
                }
            };
        }

        /** A guest that has not come to its end stops those after it. */
        int each(Interrupt interrupt, Function<String, MigrationJournal> opener, boolean back) {
            int code = 0;
            for (String domain : options.domains()) {
                if (code == 0 && !interrupt.isRequested()) {
                    code = one(domain, interrupt, opener, back);
                }
            }
            interrupt.end(interrupt.isRequested() && code == 0 ? Interrupt.INTERRUPTED : code);
            return code;
        }

        private int one(String domain, Interrupt interrupt, Function<String, MigrationJournal> opener, boolean back) {
            try (MigrationJournal open = opener.apply(domain);
                    VirshHosts hosts = VirshHosts.of(open.plan())) {
                Log log = log();
                open.plan().notes().forEach(note -> log.say("note: " + note));
                Runner runner = new Runner(hosts, open, log, interrupt::isRequested);
                Outcome outcome = back ? runner.rollback() : runner.run();
                log.line(outcome.exitCode() == 0 ? Level.INFO : Level.WARNING, domain + ": " + outcome.text());
                if (outcome == Outcome.DONE) {
                    Stream.of(hosts.summary(), hosts.frames())
                            .filter(line -> !line.isEmpty())
                            .forEach(log::say);
                }
                return outcome.exitCode();
            }
        }
    }

    /** {@code twinport migrate run}. */
    @Command(
            name = "run",
            description = {
                "Migrate. The guest has moved to its standby, and that has its way, before the primary goes; whatever fails before"
                        + " the guest runs at the target is undone, and after that all is finished forward. A journal tells"
                        + " another process how far it is; where a host cannot be asked nothing is touched.",
                "",
                "  migrate run vm01 qemu+ssh://hostb/system",
                "  migrate run --resume vm01 qemu+ssh://hostb/system"
            },
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Exit codes: 0 done; 1 failed, and undone, or finished with a fault; 2 refused, and nothing was touched; 3"
                        + " unknown: a host cannot be asked, or two copies run."
            })
    static final class Run extends Operation {
        @Option(
                names = "--resume",
                description = "Go on with a migration that was broken off: forward, from where both hosts show it is.")
        boolean resume;

        @Option(
                names = "--rollback",
                description = "Undo one that was broken off, if the guest is still at the source; else finish it.")
        boolean rollback;

        @Override
        public Integer call() {
            Commands.check(!resume || !rollback, "--resume and --rollback", "one of them");
            try (Interrupt interrupt = Interrupt.install(1, END_SECONDS)) {
                return each(interrupt, this::open, rollback);
            }
        }

        private MigrationJournal open(String domain) {
            Request request = options.request(domain);
            if (!resume && !rollback) {
                return MigrationJournal.begin(file(domain), plan(Planner::migration, request));
            }
            MigrationJournal open = MigrationJournal.open(file(domain));
            if (!open.plan().target().equals(request.target())
                    || !open.plan().source().equals(request.source())) {
                String text = file(domain) + " is of a migration from "
                        + open.plan().source() + " to " + open.plan().target() + ". Give these.";
                open.close();
                throw new UserException(text);
            }
            return open;
        }
    }

    /** {@code twinport migrate reattach}. */
    @Command(
            name = "reattach",
            description =
                    "Give a guest its primary back, at whichever of both hosts has it: after a migration that somebody else"
                            + " made, or one that has lost it. Its stored document says which.",
            mixinStandardHelpOptions = true,
            footer = {"", "Exit codes: as those of 'migrate run'."})
    static final class Reattach extends Operation {
        @Override
        public Integer call() {
            try (Interrupt interrupt = Interrupt.install(1, END_SECONDS)) {
                return each(
                        interrupt,
                        domain -> MigrationJournal.begin(
                                file(domain), plan(Planner::reattachment, options.request(domain))),
                        false);
            }
        }
    }
}
