package io.twinport.control.doctor;

import io.twinport.control.program.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** NetworkManager, asked by nmcli(1) what it does with each interface. */
final class NetworkManagerCheck extends ServiceCheck {
    private static final String SUBJECT = "NetworkManager";
    private static final String TOOL = "nmcli";
    private static final List<String> FOLDERS =
            List.of("/usr/lib/NetworkManager/conf.d", "/run/NetworkManager/conf.d", "/etc/NetworkManager/conf.d");
    private static final Daemon DAEMON = new Daemon(
            SUBJECT,
            SUBJECT,
            List.of(
                    "/usr/sbin/NetworkManager",
                    "/usr/bin/NetworkManager",
                    "/etc/NetworkManager",
                    "/run/NetworkManager"),
            SUBJECT);

    /** {@code NM_DEVICE_STATE_UNMANAGED}. */
    private static final String UNMANAGED = "10";

    /**
     * Of {@code NMDeviceStateReason}: not by its configuration, but for as long as something lasts. 36 and 75: somebody has asked for
     * that, until the next boot; 37 and 73: its networking is off; 71: udev is not ready; 72: it is ending.
     */
    private static final Set<String> FOR_NOW = Set.of("36", "37", "71", "72", "73", "75");

    private static final Set<String> ASKED_FOR = Set.of("36", "75");

    private static final String DEVICE = "GENERAL.DEVICE";
    private static final String STATE = "GENERAL.STATE";
    private static final String REASON = "GENERAL.REASON";
    private static final String CONNECTION = "GENERAL.CONNECTION";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    List<Finding> findings(Host host, List<Candidate> candidates) {
        NetworkManagerSections sections = new NetworkManagerSections(
                host.programs().ask(SUBJECT, "--print-config").out());
        String fix = fix(host, sections, Match.sides(candidates));
        Optional<Finding> silence = DAEMON.silence(host, candidates, fix);
        if (silence.isPresent()) {
            return List.of(silence.get());
        }
        Answer answer = host.programs()
                .ask(TOOL, "-t", "-f", String.join(",", DEVICE, STATE, REASON, CONNECTION), "device", "show");
        if (!answer.isGood()) {
            return List.of(DAEMON.notAnswered(candidates, answer.why(), fix));
        }
        Set<String> configured = candidates.stream()
                .map(candidate -> Match.sides(List.of(candidate)))
                .filter(sections::leave)
                .flatMap(match -> match.names().stream())
                .collect(Collectors.toSet());
        return new ServiceReport(SUBJECT, TOOL, stands(answer.out(), configured), match -> fix(host, sections, match))
                .findings(candidates);
    }

    /** Reads lines {@code GENERAL.STATE:10 (unmanaged)}; each device's begin with its name. */
    private static Map<String, Stand> stands(String answer, Set<String> configured) {
        Map<String, Stand> stands = new TreeMap<>();
        Map<String, String> fields = new TreeMap<>();
        for (String line : answer.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                if (line.startsWith(DEVICE)) {
                    fields = new TreeMap<>();
                }
                fields.put(line.substring(0, colon), line.substring(colon + 1).replace("\\:", ":"));
                if (fields.containsKey(STATE)) {
                    String name = fields.getOrDefault(DEVICE, "");
                    stands.put(name, stand(fields, configured.contains(name)));
                }
            }
        }
        return stands;
    }

    /** @param isConfigured whether its files have it leave the device alone, once it looks at them again */
    private static Stand stand(Map<String, String> fields, boolean isConfigured) {
        String reason = fields.getOrDefault(REASON, "");
        if (!number(fields.getOrDefault(STATE, "")).equals(UNMANAGED)) {
            return Stand.takes(fields.getOrDefault(CONNECTION, ""));
        }
        return FOR_NOW.contains(number(reason)) && !(ASKED_FOR.contains(number(reason)) && isConfigured)
                ? Stand.leavesForNow(reason.replaceFirst("^\\d+ \\((.*)\\)$", "$1"))
                : Stand.leaves();
    }

    private static String number(String text) {
        return text.replaceFirst("\\D.*", "");
    }

    /**
     * Twice, since each of the two has its gap. The list of unmanaged devices is heeded at once, but is one list: whichever file has it
     * last sets it, and an {@code except:} in it excepts from all of it. Of sections the last file's is taken, but for a device that
     * has been managed since the last boot none is.
     */
    private static String fix(Host host, NetworkManagerSections sections, Match match) {
        if (sections.leave(match)) {
            return "its files are as they should be, and hold from the next boot on. For now:\n"
                    + match.names().stream()
                            .map(name -> "then: nmcli device set " + name + " managed no")
                            .collect(Collectors.joining("\n"));
        }
        String file = ConfigurationFiles.last("twinport.conf", ConfigurationFiles.names(host, FOLDERS, ".conf"));
        String devices = String.join(";", NetworkManagerSections.devices(match));
        return "/etc/NetworkManager/conf.d/" + file + ":\n[keyfile]\nunmanaged-devices+=" + devices + "\n"
                + NetworkManagerSections.OWN + "\nmatch-device=" + devices
                + "\nmanaged=0\nthen: nmcli general reload";
    }
}
