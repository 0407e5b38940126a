package io.twinport.control.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * dhcpcd, which takes each interface that it is not denied. It tells nobody which it has until there is a lease; what its file
 * denies by a whole name before the first block of an interface is certain, and no more of that file is read.
 */
final class DhcpcdCheck extends ServiceCheck {
    private static final String SUBJECT = "dhcpcd";
    private static final String FILE = "/etc/dhcpcd.conf";
    private static final String DENY = "denyinterfaces";

    /** Words after which lines belong to an interface, a network or a profile. */
    private static final Set<String> BLOCKS = Set.of("interface", "ssid", "profile");

    private static final String TITLE = "dhcpcd:";
    private static final Set<String> MANAGERS = Set.of("[manager]", "[master]");

    private static final Daemon DAEMON =
            new Daemon(SUBJECT, SUBJECT, List.of("/usr/sbin/dhcpcd", "/sbin/dhcpcd", "/usr/bin/dhcpcd", FILE), SUBJECT);

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    List<Finding> findings(Host host, List<Candidate> candidates) {
        Optional<Finding> silence = DAEMON.silence(host, candidates, fix(Match.sides(candidates)));
        if (silence.isPresent()) {
            return List.of(silence.get());
        }
        Set<String> words = words(host);
        Set<String> denied = denied(host);
        Map<String, Stand> stands = new TreeMap<>();
        for (String name : Match.all(candidates).names()) {
            stands.put(name, stand(name, words, denied));
        }
        return new ServiceReport(SUBJECT, FILE + ", as it is now", stands, DhcpcdCheck::fix).findings(candidates);
    }

    /**
     * Of how its processes call themselves. {@code dhcpcd: [manager] [ip4]} has all interfaces and {@code dhcpcd: ens5 [ip4]} one;
     * {@code dhcpcd: [BPF BOOTP] ens5} is asking for a lease there.
     */
    private static Set<String> words(Host host) {
        return Processes.of(host).stream()
                .filter(process -> process.name().equals(SUBJECT))
                .flatMap(process -> process.command().stream())
                .flatMap(words -> Arrays.stream(words.split("\\s+")))
                .collect(Collectors.toSet());
    }

    private static Stand stand(String name, Set<String> words, Set<String> denied) {
        if (words.contains(name)) {
            return Stand.takes("a process of its works on it");
        }
        boolean hasOthersOnly = words.contains(TITLE) && MANAGERS.stream().noneMatch(words::contains);
        return hasOthersOnly || denied.contains(name) ? Stand.leaves() : Stand.takes("not denied in " + FILE);
    }

    private static Set<String> denied(Host host) {
        Set<String> names = new TreeSet<>();
        for (String line : host.text(FILE).lines().map(String::strip).toList()) {
            String[] words = line.split("[\\s,]+");
            if (BLOCKS.contains(words[0])) {
                break;
            }
            if (words[0].equals(DENY)) {
                names.addAll(Arrays.asList(words).subList(1, words.length));
            }
        }
        return names;
    }

    private static String fix(Match match) {
        return "at the beginning of " + FILE + ":\n" + DENY + " "
                + match.names().stream().collect(Collectors.joining(" ")) + "\nthen: systemctl restart dhcpcd";
    }
}
