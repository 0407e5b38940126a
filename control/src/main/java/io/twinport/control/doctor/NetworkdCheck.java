package io.twinport.control.doctor;

import io.twinport.control.program.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** systemd-networkd, asked by networkctl(1) by which of its files it has each interface. */
final class NetworkdCheck extends ServiceCheck {
    private static final String SUBJECT = "systemd-networkd";
    private static final String TOOL = "networkctl";
    private static final List<String> FOLDERS = List.of(
            "/usr/lib/systemd/network",
            "/lib/systemd/network",
            "/usr/local/lib/systemd/network",
            "/run/systemd/network",
            "/etc/systemd/network");
    private static final Daemon DAEMON = new Daemon(
            SUBJECT,
            "systemd-network", // 15 bytes of it
            List.of("/usr/lib/systemd/systemd-networkd", "/lib/systemd/systemd-networkd"),
            "systemd-networkd");

    /** The first release that is known here to match permanent addresses; an older one would take the line for no restriction. */
    private static final int MATCHES_PERMANENT_ADDRESSES = 249;

    private static final Pattern VERSION = Pattern.compile("^systemd (\\d{1,6})\\b");

    /** {@code * 3: ens1} begins what is said of an interface. */
    private static final Pattern HEAD = Pattern.compile("^\\S+ +\\d+: (\\S+)");

    private static final Pattern STATE = Pattern.compile("^ *State: (\\S+) \\((.*)\\)");
    private static final Pattern FILE = Pattern.compile("^ *Network File: (/.*)");

    private static final String UNMANAGED = "unmanaged";
    private static final Set<String> UNDECIDED = Set.of("pending", "initialized");

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    List<Finding> findings(Host host, List<Candidate> candidates) {
        String fix = fix(host, Match.sides(candidates));
        Optional<Finding> silence = DAEMON.silence(host, candidates, fix);
        if (silence.isPresent()) {
            return List.of(silence.get());
        }
        List<String> names = Match.all(candidates).names();
        Map<String, Stand> stands = readJson(ask(host, "--json=short", names));
        Answer answer = Answer.none("");
        if (stands.isEmpty()) {
            answer = ask(host, "--no-pager", names); // before systemd 250, or without D-Bus
            stands = readText(answer);
        }
        return stands.isEmpty()
                ? List.of(DAEMON.notAnswered(candidates, answer.why(), fix))
                : new ServiceReport(SUBJECT, TOOL, stands, match -> fix(host, match)).findings(candidates);
    }

    private static Answer ask(Host host, String option, List<String> names) {
        return host.programs()
                .ask(
                        TOOL,
                        Stream.concat(Stream.of(option, "--full", "status"), names.stream())
                                .toArray(String[]::new));
    }

    /** One interface is an object, several are a list of such. */
    private static Map<String, Stand> readJson(Answer answer) {
        Map<String, Stand> stands = new TreeMap<>();
        if (answer.isGood()) {
            try {
                JsonNode all = JsonMapper.shared().readTree(answer.out());
                JsonNode interfaces = all.path("Interfaces");
                (interfaces.isArray() ? interfaces.valueStream() : Stream.of(all))
                        .forEach(one -> put(
                                stands,
                                one.path("Name").asString(""),
                                one.path("AdministrativeState").asString(""),
                                one.path("NetworkFile").asString("")));
            } catch (JacksonException e) {
                stands.clear(); // as if it had not answered
            }
        }
        return stands;
    }

    private static Map<String, Stand> readText(Answer answer) {
        Map<String, Stand> stands = new TreeMap<>();
        String name = "";
        String file = "";
        for (String line : answer.out().lines().toList()) {
            Matcher head = HEAD.matcher(line);
            Matcher network = FILE.matcher(line);
            Matcher state = STATE.matcher(line);
            if (head.find()) {
                name = head.group(1);
                file = "";
            } else if (network.find()) {
                file = network.group(1);
            } else if (state.find() && !state.group(1).equals("n/a")) { // which is no word of networkd's
                put(stands, name, state.group(2), file);
            }
        }
        return stands;
    }

    private static void put(Map<String, Stand> stands, String name, String state, String file) {
        if (!name.isEmpty() && !state.isEmpty()) {
            stands.put(name, stand(state, file));
        }
    }

    private static Stand stand(String state, String file) {
        if (UNDECIDED.contains(state)) {
            return Stand.leavesForNow(state);
        }
        return state.equals(UNMANAGED) ? Stand.leaves() : Stand.takes(file.isEmpty() ? state : file);
    }

    /** The first file by name that fits an interface is the only one that counts. */
    private static String fix(Host host, Match match) {
        String file = ConfigurationFiles.first("twinport.network", ConfigurationFiles.names(host, FOLDERS, ".network"));
        boolean byMac = match.isByMac() && release(host) >= MATCHES_PERMANENT_ADDRESSES;
        return "/etc/systemd/network/" + file + ":\n[Match]\n"
                + (byMac
                        ? "PermanentMACAddress=" + String.join(" ", match.macs())
                        : "Name=" + String.join(" ", match.names()))
                + "\n[Link]\nUnmanaged=yes\nthen: networkctl reload";
    }

    private static int release(Host host) {
        Matcher version = VERSION.matcher(host.programs().ask(TOOL, "--version").out());
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }
}
