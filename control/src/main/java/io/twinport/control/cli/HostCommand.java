package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.host.hook.Admission;
import io.twinport.control.host.hook.HookFile;
import io.twinport.control.host.hook.Reservations;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.control.socket.ControlClient;
import io.twinport.posix.SocketPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code twinport host}. */
@Command(
        name = "host",
        description = "What a host of guests does for their pairs while they migrate. As root; needs no DPDK.",
        subcommands = {
            HostCommand.InstallHook.class,
            HostCommand.RemoveHook.class,
            HostCommand.Admit.class,
            HostAgentCommand.class,
            HostEventsCommand.class
        },
        mixinStandardHelpOptions = true)
final class HostCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UserException("host: give a command, 'host install-hook'.");
    }

    /** Where libvirt has its hooks. */
    static final class Hooks {
        @Option(
                names = "--hooks",
                paramLabel = "DIR",
                description = "libvirt's folder of hooks. Default: ${DEFAULT-VALUE}")
        Path folder = Path.of("/etc/libvirt/hooks");
    }

    /** Where the agent is found. */
    static class StateFolder {
        @Option(
                names = "--state",
                paramLabel = "DIR",
                description = "Folder of the agent's socket and of what guests on their way are promised; it goes at a"
                        + " reboot. Default: ${DEFAULT-VALUE}")
        Path folder = Path.of("/run/twinport-host");

        Path socket() {
            return folder.resolve("agent.sock");
        }
    }

    /** What the processes of a host have in common. */
    static final class State extends StateFolder {
        @Bounds(least = 1, most = 3600)
        @Option(
                names = "--reserve-seconds",
                paramLabel = "S",
                description = "How long a VF is kept for a guest that may come, until libvirt has taken it: ${BOUNDS}"
                        + " seconds. Default: ${DEFAULT-VALUE}")
        int reserveSeconds = 30;

        Reservations reservations() {
            return new Reservations(folder, Duration.ofSeconds(reserveSeconds));
        }

        List<String> arguments() {
            return List.of("--state=" + folder.toAbsolutePath(), "--reserve-seconds=" + reserveSeconds);
        }
    }

    /** {@code twinport host install-hook}. */
    @Command(
            name = "install-hook",
            description = {
                "Have libvirt ask twinport before a guest with a pair comes from another host: HOOKS/qemu.d/twinport. The"
                        + " operator sees at the source why it may not come: no free VF, the wrong network, the MAC address"
                        + " on another device, and what else 'teaming check --host' calls an error.",
                "",
                "It leaves files of others alone, and can be called again."
            },
            mixinStandardHelpOptions = true)
    static final class InstallHook implements Callable<Integer> {
        @Mixin
        Hooks hooks = new Hooks();

        @Mixin
        State state = new State();

        @Mixin
        VerdictsOption verdicts = new VerdictsOption();

        @Option(
                names = "--on-error",
                paramLabel = "pass|refuse",
                description =
                        "What becomes of a guest where the check itself fails, or takes longer than 2 s. pass: it comes, and"
                                + " the system's log says why it was not checked. refuse: it does not. Default: ${DEFAULT-VALUE}")
        String onError = "pass";

        @Option(
                names = "--program",
                paramLabel = "FILE",
                description = "The twinport that the hook calls. Default: this one")
        @Nullable
        Path program;

        @Override
        public Integer call() {
            Commands.check(onError.matches("pass|refuse"), "--on-error " + onError, "pass or refuse");
            HookFile file = new HookFile(hooks.folder);
            List<String> command = new ArrayList<>(List.of(program().toString(), "host", "admit"));
            command.addAll(state.arguments());
            if (verdicts.file != null) {
                verdicts.read();
                command.add("--verdicts=" + verdicts.file.toAbsolutePath());
            }
            boolean hadAny = file.hasAny();
            if (!file.install(onError.equals("refuse"), command)) {
                System.out.println(file.path() + " is installed already");
                return 0;
            }
            System.out.println("wrote " + file.path());
            System.out.println(
                    hadAny
                            ? "libvirt calls it from now on (6.5 or newer)"
                            : "libvirt (6.5 or newer) looks for its first hook when it starts: systemctl restart libvirtd (or"
                                    + " virtqemud); guests go on meanwhile");
            return 0;
        }

        private Path program() {
            Optional<Path> given = Optional.ofNullable(program);
            String home = System.getProperty("twinport.home", "");
            Path own = Path.of(home, Files.isDirectory(Path.of(home, "runtime")) ? "bin/twinport" : "twinport");
            Path file = given.orElse(own).toAbsolutePath();
            if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
                throw new UserException((given.isPresent() ? "--program " : "") + file
                        + " is no program that can be called. Give --program with the path of twinport.");
            }
            return file;
        }
    }

    /** {@code twinport host remove-hook}. */
    @Command(
            name = "remove-hook",
            description = "Take away what 'host install-hook' has installed. A file of somebody else is left alone.",
            mixinStandardHelpOptions = true)
    static final class RemoveHook implements Callable<Integer> {
        @Mixin
        Hooks hooks = new Hooks();

        @Override
        public Integer call() {
            HookFile file = new HookFile(hooks.folder);
            System.out.println(
                    file.remove()
                            ? "deleted " + file.path() + "; libvirt calls it no more"
                            : file.path() + " is not installed");
            return 0;
        }
    }

    /** {@code twinport host admit}. */
    @Command(
            name = "admit",
            description = {
                "Whether a guest whose document comes by stdin may come to this host, and why not: what the hook calls. The agent"
                        + " answers where it runs; else it is checked here. A guest that may come has its VFs reserved for a"
                        + " while."
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Exit codes: 0 it may come; 4 it may not, as stderr says; 1, 2 it could not be checked."})
    static final class Admit implements Callable<Integer> {
        private static final int REFUSED = 4;

        /** In Base64 it fits into a request of the agent's. */
        private static final int MOST_BYTES_OF_REQUEST = 45_000;

        @Mixin
        State state = new State();

        @Mixin
        VerdictsOption verdicts = new VerdictsOption();

        /** What checks it here. */
        private final BiFunction<VerdictsOption, Reservations, Admission> here;

        Admit() {
            this((nics, reservations) -> Admission.ofThisMachine(nics.read(), reservations));
        }

        Admit(BiFunction<VerdictsOption, Reservations, Admission> here) {
            this.here = here;
        }

        @Override
        public Integer call() throws IOException {
            byte[] xml = System.in.readNBytes(XmlReader.LONGEST + 1);
            List<String> refusals = byAgent(xml)
                    .orElseGet(() -> here.apply(verdicts, state.reservations()).refusals(xml));
            refusals.forEach(System.err::println);
            return refusals.isEmpty() ? 0 : REFUSED;
        }

        /** Empty where none runs. */
        private Optional<List<String>> byAgent(byte[] xml) {
            if (xml.length > MOST_BYTES_OF_REQUEST || !SocketPath.isSocket(state.socket())) {
                return Optional.empty();
            }
            String text = new String(Base64.getEncoder().encode(xml), StandardCharsets.US_ASCII);
            Optional<ControlClient> running = agent();
            if (running.isEmpty()) {
                return Optional.empty();
            }
            try (ControlClient agent = running.get()) {
                JsonNode answer = agent.request("admit", Map.of("xml", text)).path("refusals");
                if (!answer.isArray()) {
                    throw agent.notUnderstood();
                }
                return Optional.of(
                        answer.valueStream().map(each -> each.asString("")).toList());
            }
        }

        private Optional<ControlClient> agent() {
            try {
                return Optional.of(ControlClient.connect(state.socket()));
            } catch (UserException e) {
                return Optional.empty(); // it was killed, and its socket is left
            }
        }
    }
}
