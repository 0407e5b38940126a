package io.twinport.control.cli;

import io.twinport.control.Printable;
import io.twinport.control.socket.ControlClient;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Commands that change something in a running twinport. */
final class OperateCommands {
    private OperateCommands() {}

    /** What they have in common. */
    abstract static class Operation implements Callable<Integer> {
        @Mixin
        TargetOptions target = new TargetOptions();

        @Mixin
        PortChoice port = new PortChoice();

        final int ask(String command, Map<String, ?> arguments) throws IOException {
            return target.ask(
                    command,
                    port.with(arguments),
                    answer -> PortText.lines(answer).forEach(target.out()::println));
        }
    }

    /** {@code twinport switch}. */
    @Command(
            name = "switch",
            description =
                    "Put the traffic on a side, whatever the policy says, or leave it to the policy again. No frame"
                            + " is lost: the new side begins when the former one has sent all of its frames. A side that is not"
                            + " ready is refused.",
            mixinStandardHelpOptions = true)
    static final class Switch extends Operation {
        @Parameters(paramLabel = "primary|standby|auto", description = "Who is to transmit.")
        String to = "";

        @Override
        public Integer call() throws IOException {
            return ask("switch", Map.of("to", to));
        }
    }

    /** {@code twinport detach}. */
    @Command(
            name = "detach",
            description =
                    "Take a side's device out: the traffic moves to the other side first, and the frames in its ring"
                            + " are sent.",
            mixinStandardHelpOptions = true)
    static final class Detach extends Operation {
        @Parameters(paramLabel = "primary|standby", description = "Which side.")
        String side = "";

        @Override
        public Integer call() throws IOException {
            return ask("detach", Map.of("side", side));
        }
    }

    /** {@code twinport attach}. */
    @Command(
            name = "attach",
            description =
                    "Take a device in as a side: the one that was detached, or another one. If that fails, nothing"
                            + " changes.",
            mixinStandardHelpOptions = true)
    static final class Attach extends Operation {
        @Parameters(index = "0", paramLabel = "primary|standby", description = "Which side.")
        String side = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "DEVARGS",
                description = "The device, as --primary and --standby have it. Default: the one that was there before")
        @Nullable
        String device;

        @Override
        public Integer call() throws IOException {
            return ask("attach", device == null ? Map.of("side", side) : Map.of("side", side, "device", device));
        }
    }

    /** {@code twinport loglevel}. */
    @Command(
            name = "loglevel",
            description =
                    "Print more or less: twinport itself (warning, info, debug), or with --pattern DPDK's drivers and"
                            + " libraries (critical, error, warning, notice, info, debug).",
            mixinStandardHelpOptions = true)
    static final class LogLevel implements Callable<Integer> {
        @Mixin
        TargetOptions target = new TargetOptions();

        @Option(
                names = "--pattern",
                paramLabel = "PATTERN",
                description = "Components of DPDK, for instance 'pmd.net.virtio.*'.")
        @Nullable
        String pattern;

        @Parameters(paramLabel = "LEVEL", description = "Messages of this level and above are printed.")
        String level = "";

        @Override
        public Integer call() throws IOException {
            Map<String, String> arguments =
                    pattern == null ? Map.of("level", level) : Map.of("level", level, "pattern", pattern);
            return target.ask(
                    "loglevel",
                    arguments,
                    answer -> target.out()
                            .println((pattern == null ? "twinport" : pattern) + " prints " + level + " and above"));
        }
    }

    /** {@code twinport drain}. */
    @Command(
            name = "drain",
            description =
                    "Take the carrier from a port's interface (handler tap:NAME), so that the kernel and its programs"
                            + " send no more frames by it. Returns when all of their frames are out.",
            mixinStandardHelpOptions = true)
    static final class Drain extends Operation {
        @Option(names = "--undo", description = "Give the carrier back.")
        boolean undo;

        @Override
        public Integer call() throws IOException {
            return ask("drain", Map.of("undo", undo));
        }
    }

    /** {@code twinport reload}. */
    @Command(
            name = "reload",
            description = "Read the configuration of a twinport (run -c FILE) again, as SIGHUP does. Settings that can"
                    + " change while it runs do, all or none; the command names the others, which need a restart.",
            mixinStandardHelpOptions = true,
            footer = {"", "Exit codes: 0 it is as the file says; 1 something needs a restart; 2 nothing has changed."})
    static final class ReloadConfiguration implements Callable<Integer> {
        @Mixin
        TargetOptions target = new TargetOptions();

        @Override
        public Integer call() throws IOException {
            JsonNode report = target.answer("reload", Map.of(), this::show);
            return report.path("needRestart").isEmpty() ? 0 : 1;
        }

        void show(JsonNode report) {
            print("changed ", report.path("changed"));
            print("needs a restart: ", report.path("needRestart"));
        }

        private void print(String what, JsonNode lines) {
            lines.forEach(line -> target.out().println(what + Printable.line(line.asString())));
        }
    }

    /** {@code twinport stop}. */
    @Command(
            name = "stop",
            description = "End a running twinport, as Ctrl-C does. Returns when the process has ended.",
            mixinStandardHelpOptions = true)
    static final class Stop implements Callable<Integer> {
        private static final int SECONDS = 15;

        @Mixin
        TargetOptions target = new TargetOptions();

        @Override
        public Integer call() throws IOException {
            Commands.checkWritable("--json", target.json);
            long pid;
            try (ControlClient client = target.process.connect()) {
                pid = client.request("stop", Map.of()).path("pid").asLong(0);
                if (pid <= 0) {
                    throw client.notUnderstood();
                }
            }
            boolean ended = awaitEnd(pid);
            if (target.json != null) {
                Commands.writeJson(Map.of("pid", pid, "ended", ended), target.json);
            } else {
                target.out()
                        .println(
                                "process " + pid + (ended ? " has ended" : " is still ending after " + SECONDS + " s"));
            }
            return ended ? 0 : 1;
        }

        private static boolean awaitEnd(long pid) {
            try {
                ProcessHandle.of(pid)
                        .ifPresent(process -> process.onExit()
                                .orTimeout(SECONDS, TimeUnit.SECONDS)
                                .join());
                return true;
            } catch (CompletionException e) {
                return false;
            }
        }
    }
}
