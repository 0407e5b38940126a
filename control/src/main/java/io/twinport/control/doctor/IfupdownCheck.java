package io.twinport.control.doctor;

import io.twinport.control.program.Answer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * ifupdown, asked by {@code ifup --no-act} what it would do with each interface, and the helper of Debian's cloud images, which
 * gives it a configuration for each interface that it does not know (the kernel's own document names that one).
 */
final class IfupdownCheck extends ServiceCheck {
    private static final String SUBJECT = "ifupdown";
    private static final String TOOL = "ifup";

    /** Others have an ifup too, but no ifquery. */
    private static final String SIGN = "ifquery";

    private static final String INTERFACES = "/etc/network/interfaces";
    private static final String FOLDER = INTERFACES + ".d";
    private static final String GENERATED = "/run/network/";

    private static final String UNKNOWN = "ifup: unknown interface";
    private static final String PARSING = "ifup: parsing file ";

    /** A fault in a file, after which it knows no interface at all. */
    private static final String FAULT = "ifup: \\S+:\\d+: .*";

    /** To set an interface up is no address; all else that it would do is. */
    private static final String ONLY_UP = "ip link set dev \\S+ +up( 2>/dev/null \\|\\| true)?";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    List<Finding> findings(Host host, List<Candidate> candidates) {
        Match all = Match.all(candidates);
        if (host.programs().find(SIGN).isEmpty()) {
            return host.exists(INTERFACES)
                    ? List.of(notAsked(host, all, "is not installed", "but " + INTERFACES + " is there"))
                    : List.of(Finding.ok(SUBJECT, "is not installed, so it was not asked"));
        }
        String version = host.programs().ask(SIGN, "--version").out();
        if (!version.startsWith(SIGN + " version ")) {
            return List.of(notAsked(host, all, "is not Debian's own", "but another with its name"));
        }
        Map<String, Stand> stands = new TreeMap<>();
        List<Stanza> stanzas = new ArrayList<>();
        Optional<String> helper = CloudIfupdownHelper.rule(host);
        for (String name : all.names()) {
            Answer answer = ask(host, name);
            Optional<String> fault =
                    answer.err().lines().filter(line -> line.matches(FAULT)).findFirst();
            if (!answer.isAnswer() || fault.isPresent()) {
                return List.of(notAsked(host, all, "could not be asked", fault.orElse(answer.why())));
            }
            List<Stanza> own = Stanza.of(host, files(answer), name);
            stanzas.addAll(own);
            stands.put(name, stand(answer, own, helper));
        }
        return new ServiceReport(SUBJECT, TOOL + " --no-act", stands, match -> fix(host, match, stands, stanzas))
                .findings(candidates);
    }

    /** Runs nothing: no command, no mapping's script, no hook. Its folder for states is one that is there, else it makes one. */
    private static Answer ask(Host host, String name) {
        return host.programs()
                .ask(
                        TOOL,
                        "--no-act",
                        "--verbose",
                        "--force",
                        "--no-mappings",
                        "--no-scripts",
                        "--state-dir=/run",
                        name);
    }

    /** Those that it has read. */
    private static Set<String> files(Answer answer) {
        Set<String> files = new LinkedHashSet<>(List.of(INTERFACES));
        answer.err()
                .lines()
                .filter(line -> line.startsWith(PARSING))
                .forEach(line -> files.add(line.substring(PARSING.length())));
        return files;
    }

    private static Stand stand(Answer answer, List<Stanza> stanzas, Optional<String> helper) {
        if (answer.err().lines().anyMatch(line -> line.startsWith(UNKNOWN))) {
            return helper.map(rule -> Stand.takes(rule + " starts " + CloudIfupdownHelper.NAME
                            + ", which has it take each interface that it does not know"))
                    .orElseGet(Stand::leaves);
        }
        Optional<String> command = answer.err()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith(TOOL + ": ") && !line.matches(ONLY_UP))
                .findFirst();
        if (command.isEmpty() && answer.isGood()) {
            return Stand.leaves();
        }
        return Stand.takes(stanzas.stream()
                .filter(stanza -> !stanza.isManual())
                .findFirst()
                .map(stanza -> stanza.place() + ": " + stanza.text())
                .or(() -> command)
                .orElseGet(answer::why));
    }

    private static Finding notAsked(Host host, Match all, String what, String why) {
        return Finding.warning(
                SUBJECT,
                what + " (" + why + "), so it was not asked: whether it takes " + String.join(", ", all.names())
                        + " cannot be known here",
                "to be sure:\n" + fix(host, all, Map.of(), List.of()));
    }

    /**
     * It does what all stanzas of an interface say, so that one more cannot undo another; but the helper leaves alone what has
     * one.
     */
    private static String fix(Host host, Match match, Map<String, Stand> stands, List<Stanza> stanzas) {
        Set<String> lines = new LinkedHashSet<>();
        Set<String> missing = new LinkedHashSet<>(match.names());
        for (Stanza stanza : stanzas) {
            if (!match.names().contains(stanza.name())) {
                continue;
            }
            if (stanza.file().startsWith(GENERATED)) {
                lines.add("rm " + stanza.file());
            } else {
                missing.remove(stanza.name());
                if (!stanza.isManual()
                        || !stands.getOrDefault(stanza.name(), Stand.leaves()).isSettled()) {
                    lines.add("in " + stanza.place() + ": " + stanza.manual() + " (for: " + stanza.text()
                            + "), without the lines that follow for it");
                }
            }
        }
        if (!missing.isEmpty()) {
            // The file in whose place it is has to be one that is read.
            lines.add((host.text(INTERFACES).contains(FOLDER) ? FOLDER + "/twinport" : INTERFACES) + ":");
            missing.forEach(name -> lines.add("iface " + name + " inet manual"));
        }
        return String.join("\n", lines);
    }
}
