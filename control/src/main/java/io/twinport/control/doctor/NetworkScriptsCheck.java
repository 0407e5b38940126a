package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Red Hat's network-scripts. They are shell and so are their files, which cannot be asked without running them: a file that has
 * the name or the address of an interface is certain, one that works it out is not read.
 */
final class NetworkScriptsCheck extends ServiceCheck {
    private static final String SUBJECT = "network-scripts";
    private static final String FOLDER = "/etc/sysconfig/network-scripts";
    private static final String PREFIX = "ifcfg-";

    /** What only they bring. */
    private static final List<String> SIGNS =
            List.of(FOLDER + "/ifup-eth", "/etc/init.d/network", "/etc/rc.d/init.d/network");

    /** {@code DEVICE="ens5"}; what has a dollar or a backquote only a shell can read. */
    private static final Pattern SETTING = Pattern.compile(
            "^\\s*(?:export\\s+)?([A-Z_0-9]+)=(?:\"([^\"$`]*)\"|'([^']*)'|([^\\s\"'$`#;&|()]*))\\s*(?:#.*)?$");

    /** Copies that editors and package managers leave, which they skip. */
    private static final Pattern COPY = Pattern.compile(".*(~|\\.(bak|orig|rpmnew|rpmorig|rpmsave|swp|augnew|augtmp))");

    private static final Pattern OFF = Pattern.compile("(?i)no|n|false|f|0|off");

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    List<Finding> findings(Host host, List<Candidate> candidates) {
        boolean isInstalled = SIGNS.stream().anyMatch(host::exists);
        List<Finding> found = new ArrayList<>();
        for (String file : host.names(FOLDER)) {
            if (file.startsWith(PREFIX) && !COPY.matcher(file).matches()) {
                finding(host, candidates, file, isInstalled).ifPresent(found::add);
            }
        }
        if (found.isEmpty()) {
            found.add(Finding.ok(
                    SUBJECT,
                    isInstalled
                            ? "no file of " + FOLDER + " has the name or the address of a side"
                            : "are not installed"));
        }
        return found;
    }

    private static Optional<Finding> finding(Host host, List<Candidate> candidates, String file, boolean isInstalled) {
        Map<String, String> settings = settings(host.text(FOLDER + "/" + file));
        List<String> names = candidates.stream()
                .flatMap(candidate ->
                        candidate.sideNames().stream().filter(name -> isFor(file, settings, name, candidate.mac())))
                .toList();
        if (names.isEmpty() || isOff(settings, "ONBOOT") && isOff(settings, "HOTPLUG")) {
            return Optional.empty();
        }
        String path = FOLDER + "/" + file;
        String text =
                path + " is for " + String.join(", ", names) + ": a side of a port may have no address of its own";
        String fix = "in " + path + ": ONBOOT=no and HOTPLUG=no";
        return Optional.of(
                isInstalled
                        ? Finding.warning(SUBJECT, text, fix)
                        : Finding.note(SUBJECT, text + ". Nothing that reads it but NetworkManager is installed", fix));
    }

    private static boolean isFor(String file, Map<String, String> settings, String name, String mac) {
        String device = settings.getOrDefault("DEVICE", file.substring(PREFIX.length()));
        String address = settings.getOrDefault("HWADDR", "").toLowerCase(Locale.ROOT);
        return device.equals(name) || address.equals(mac);
    }

    private static boolean isOff(Map<String, String> settings, String key) {
        return OFF.matcher(settings.getOrDefault(key, "")).matches();
    }

    /** The last of each key, as a shell has it. */
    private static Map<String, String> settings(String text) {
        Map<String, String> settings = new TreeMap<>();
        for (String line : text.lines().toList()) {
            Matcher setting = SETTING.matcher(line);
            if (setting.matches()) {
                String value = Optional.ofNullable(setting.group(2))
                        .or(() -> Optional.ofNullable(setting.group(3)))
                        .orElseGet(() -> setting.group(4));
                settings.put(setting.group(1), value);
            }
        }
        return settings;
    }
}
