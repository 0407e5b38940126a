package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The outputs that the READMEs show, each by its name: made by the commands that stand there, on pairs of TAPs. Interfaces have
 * the test's process in their names, and in the samples have not.
 */
final class ReadmeSamples {
    private static final int SECONDS = 60;

    /** So many keys of an answer are shown. */
    private static final int KEYS = 10;

    /** Of a switch; the next keys depend on how it was noticed. */
    private static final int SWITCH_KEYS = 6;

    private final String id = String.valueOf(ProcessHandle.current().pid() % 10_000);
    private final Map<String, String> samples = new LinkedHashMap<>();
    private final Path folder;

    ReadmeSamples(Path folder) {
        this.folder = folder;
    }

    Map<String, String> make() throws IOException {
        doctor();
        check();
        demo();
        soak();
        tap();
        generate();
        twoPorts();
        return samples;
    }

    private void doctor() {
        Executed doctor = Executed.twinport("doctor");
        add(
                "doctor",
                Findings.of(doctor.output())
                        .only(List.of("JDK", "DPDK", "hugepages", "locked memory", "CPUs", "capabilities", "dhcpcd"))
                        .text());
    }

    private void check() throws IOException {
        Path file = Files.writeString(folder.resolve("twinport.yaml"), """
                ports:
                  wan:
                    primary: 0000:05:00.0
                    standbye: 0000:01:00.0
                """);
        Executed refused = Executed.twinport("config", "check", file.toString());
        assertEquals(2, refused.code(), refused::output);
        add("config-check", refused.output());
    }

    /** As many as the README shows are only made when it is written. */
    private void demo() {
        String switches = ReadmePart.WRITE ? "100" : "5";
        add("demo", ended("demo", "--direction", "tx", "--switches", switches, "--cnc-dir", folder.toString()));
    }

    private void soak() {
        String faults = ReadmePart.WRITE ? "1000" : "20";
        String all = ended("soak", "--faults", faults, "--seed", "21", "--cnc-dir", folder.toString());
        add("soak", all.substring(all.indexOf(faults + " faults, ", all.indexOf('\n'))));
    }

    private static String ended(String... arguments) {
        try (Program program = Program.twinport(arguments)) {
            assertEquals(0, program.waitFor(5 * SECONDS), program::output);
            return program.output();
        }
    }

    /** The run of the top README: the kernel gets an interface, and one of two TAPs loses its link. */
    private void tap() {
        try (Program run = run("tap:tw0" + id)) {
            cut(run);
            add("show-port", client("show", "port"));
            end(run);
        }
    }

    /** The same with frames, which tell how long a switch takes. */
    private void generate() {
        try (Program run = run("generate:100000")) {
            cut(run);
            add("history", client("show", "history"));
            add(
                    "replay",
                    lastLines(
                            Executed.twinport("replay", folder.resolve("twinport.cnc") + "")
                                    .output(),
                            3));
            end(run);
            add("run", run.output());
        }
    }

    private Program run(String handler) {
        return Program.twinport(
                "run",
                "--primary",
                "net_tap0,iface=p0" + id,
                "--standby",
                "net_tap1,iface=s0" + id,
                "--handler",
                handler,
                "--cnc-dir",
                folder.toString(),
                "--",
                "--no-huge");
    }

    private void cut(Program run) {
        run.awaitReady(2, SECONDS);
        run.awaitLine("-> primary, ", SECONDS);
        ip("link", "set", "p0" + id, "down");
        run.awaitLine("primary -> standby, ", SECONDS);
        ip("link", "set", "p0" + id, "up");
        run.awaitLine("standby -> primary, ", SECONDS);
    }

    /** How it ends is for other tests: here its last words count. */
    private static void end(Program run) {
        run.interrupt();
        int ignored = run.waitFor(SECONDS);
    }

    /** A port that has all, and one without a standby. */
    private void twoPorts() throws IOException {
        Path file = folder.resolve("guest.yaml");
        Files.writeString(file, configuration(1500, 1));
        try (Program run = Program.twinport("run", "-c", file.toString(), "--cnc-dir", folder.toString())) {
            run.awaitReady(3, SECONDS);
            run.awaitLine("wan: switch (none|standby) -> primary", SECONDS);
            run.awaitLine("lan: switch none -> primary", SECONDS);
            Executed refused = Executed.twinport(of("switch", "standby", "--port", "lan"));
            assertEquals(2, refused.code(), refused::output);
            add("switch-refused", refused.output());
            ip("link", "set", "p1" + id, "down");
            run.awaitLine("wan: switch primary -> standby", SECONDS);
            add("show-ports", client("show", "ports"));
            add("show-health", client("show", "health"));
            add("show-stats", lines(client("show", "stats", "wan"), line -> !line.contains("queue")));
            add(
                    "top",
                    Executed.twinport("top", "--count", "1", "--name", "guest", "--cnc-dir", folder + "")
                            .output());
            add("socket", socket(folder.resolve("guest.sock")));
            add("telemetry", telemetry(run));
            Files.writeString(file, configuration(1400, 2));
            Executed reload = Executed.twinport(of("reload"));
            assertEquals(1, reload.code(), reload::output);
            add("reload", reload.output());
            end(run);
        }
    }

    private String configuration(int mtu, int queues) {
        return """
                name: guest
                eal: --no-huge
                ports:
                  wan:
                    primary: net_tap0,iface=p1ID
                    standby: net_tap1,iface=s1ID
                    handler: tap:wanID
                    mac: 02:00:00:00:00:01
                    mtu: MTU
                    queues: QUEUES
                  lan:
                    primary: net_tap2,iface=p2ID
                    handler: generate:1000
                """.replace("ID", id).replace("MTU", mtu + "").replace("QUEUES", queues + "");
    }

    private String client(String... arguments) {
        Executed executed = Executed.twinport(of(arguments));
        assertEquals(0, executed.code(), executed::output);
        return executed.output();
    }

    private String[] of(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--cnc-dir", folder.toString()));
        if (Files.exists(folder.resolve("guest.cnc"))) {
            all.addAll(List.of("--name", "guest"));
        }
        return all.toArray(String[]::new);
    }

    /** Requests as lines, and the beginnings of their answers. */
    private static String socket(Path path) throws IOException {
        List<String> requests = List.of(
                "{\"version\": 1, \"id\": 7, \"command\": \"switch\", \"arguments\": {\"port\": \"wan\", \"to\": \"standby\"}}",
                "{\"version\": 1, \"id\": 8, \"command\": \"port\", \"arguments\": {\"port\": \"wam\"}}");
        List<String> lines = new ArrayList<>();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
                BufferedReader answers = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            for (String request : requests) {
                ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    assertTrue(channel.write(bytes) > 0);
                }
                lines.add(request);
                lines.add(abridged(answers.readLine(), KEYS));
            }
        }
        return String.join("\n", lines);
    }

    private static String telemetry(Program run) {
        return ask(run, "/twinport/ports,wan", KEYS) + "\n" + ask(run, "/twinport/history,wan", SWITCH_KEYS);
    }

    private static String ask(Program run, String command, int keys) {
        String answer = Program.run("sh", "-c", "echo " + command + " | dpdk-telemetry.py -f twinport-" + run.pid());
        return abridged(
                answer.lines()
                        .filter(line -> line.contains("/twinport/"))
                        .findFirst()
                        .orElseThrow(),
                keys);
    }

    /** Up to so many keys, in two lines: not so many characters, which depend on the digits of numbers. */
    private static String abridged(String json, int keys) {
        String spaced = json.replace(",\"", ", \"");
        int half = end(spaced, keys / 2);
        int end = end(spaced, keys);
        return end < 0 ? spaced : spaced.substring(0, half) + "\n " + spaced.substring(half, end) + " ...";
    }

    /** Behind the comma after so many keys, or -1. */
    private static int end(String json, int keys) {
        int at = 0;
        for (int i = 0; i < keys; i++) {
            at = json.indexOf(", \"", at) + 1;
            if (at == 0) {
                return -1;
            }
        }
        return at;
    }

    private static String lines(String text, Predicate<String> wanted) {
        return text.lines().filter(wanted).collect(Collectors.joining("\n"));
    }

    private static String lastLines(String text, int count) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }

    private static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        Program.run(command.toArray(String[]::new));
    }

    private void add(String name, String output) {
        samples.put(
                name,
                output.replaceAll("\\b(p[012]|s[01]|tw0|wan)" + id + "\\b", "$1")
                        .replace(folder + "/", "")
                        .replaceAll("(?m) +$", "")
                        .strip());
    }
}
