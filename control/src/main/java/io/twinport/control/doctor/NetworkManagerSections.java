package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What NetworkManager has made of all its files ({@code --print-config}), as far as it is about our own section. It prints the
 * sections of devices in the order in which it looks for the first that has a key and fits.
 */
final class NetworkManagerSections {
    static final String OWN = "[device-twinport]";

    private static final Set<String> NO = Set.of("0", "false", "no", "off");

    /** With a key {@code managed}, the first to be asked first. */
    private final List<Map<String, String>> sections = new ArrayList<>();

    NetworkManagerSections(String printed) {
        Map<String, String> section = new TreeMap<>();
        for (String line : printed.lines().map(String::strip).toList()) {
            int equals = line.indexOf('=');
            if (line.startsWith("[")) {
                section = new TreeMap<>(Map.of("", line));
            } else if (equals > 0 && !line.startsWith("#")) {
                section.put(line.substring(0, equals), line.substring(equals + 1));
                if (line.startsWith("managed=") && section.getOrDefault("", "").startsWith("[device")) {
                    sections.add(section);
                }
            }
        }
    }

    /** Whether the section that goes before all others has it leave alone what matches. */
    boolean leave(Match match) {
        if (sections.isEmpty()) {
            return false;
        }
        Map<String, String> first = sections.getFirst();
        List<String> devices = List.of(first.getOrDefault("match-device", "").split("[;,]"));
        return OWN.equals(first.get(""))
                && NO.contains(first.getOrDefault("managed", ""))
                && devices.containsAll(devices(match));
    }

    /** As its lists of devices have them. */
    static List<String> devices(Match match) {
        return match.isByMac()
                ? match.macs().stream().map(mac -> "mac:" + mac).toList()
                : match.names().stream().map(name -> "interface-name:" + name).toList();
    }
}
