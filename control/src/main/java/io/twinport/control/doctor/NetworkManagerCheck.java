package io.twinport.control.doctor;

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
     * Of {@code NMDeviceStateReason}: not by its configuration, but for as long as something lasts. 36 and 75: {@code nmcli device
     * set IFACE managed no}, until it is started again; 37 and 73: its networking is off; 71: udev is not ready; 72: it is ending.
     */
    private static final Set<String> FOR_NOW = Set.of("36", "37", "71", "72", "73", "75");

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
        String fix = fix(host, Match.sides(candidates));
        Optional<Finding> silence = DAEMON.silence(host, candidates, fix);
        if (silence.isPresent()) {
            return List.of(silence.get());
        }
        Answer answer = host.programs()
                .ask(TOOL, "-t", "-f", String.join(",", DEVICE, STATE, REASON, CONNECTION), "device", "show");
        return answer.isGood()
                ? new ServiceReport(SUBJECT, TOOL, stands(answer.out()), match -> fix(host, match)).findings(candidates)
                : List.of(DAEMON.notAnswered(candidates, answer.why(), fix));
    }

    /** Reads lines {@code GENERAL.STATE:10 (unmanaged)}; each device's begin with its name. */
    private static Map<String, Stand> stands(String answer) {
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
                    stands.put(fields.getOrDefault(DEVICE, ""), stand(fields));
                }
            }
        }
        return stands;
    }

    private static Stand stand(Map<String, String> fields) {
        String reason = fields.getOrDefault(REASON, "");
        if (!number(fields.getOrDefault(STATE, "")).equals(UNMANAGED)) {
            return Stand.takes(fields.getOrDefault(CONNECTION, ""));
        }
        return FOR_NOW.contains(number(reason))
                ? Stand.leavesForNow(reason.replaceFirst("^\\d+ \\((.*)\\)$", "$1"))
                : Stand.leaves();
    }

    private static String number(String text) {
        return text.replaceFirst("\\D.*", "");
    }

    /**
     * A section for devices of its own, for {@code unmanaged-devices} is one list: whichever file has it last sets it, and an
     * {@code except:} in it excepts from all of it. Of sections the last one that fits is taken; NetworkManager reads them when it
     * first sees a device.
     */
    private static String fix(Host host, Match match) {
        String file = ConfigurationFiles.last("twinport.conf", ConfigurationFiles.names(host, FOLDERS, ".conf"));
        String devices = match.isByMac()
                ? match.macs().stream().map(mac -> "mac:" + mac).collect(Collectors.joining(";"))
                : match.names().stream().map(name -> "interface-name:" + name).collect(Collectors.joining(";"));
        return "/etc/NetworkManager/conf.d/" + file + ":\n[device-twinport]\nmatch-device=" + devices
                + "\nmanaged=0\nthen: systemctl restart NetworkManager";
    }
}
