package io.twinport.control.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which of systemd-networkd's files is an interface's: the first by name whose {@code [Match]} fits; systemd.network(5). */
final class NetworkdFiles {
    private static final List<String> FOLDERS =
            List.of("/usr/lib/systemd/network/", "/run/systemd/network/", "/etc/systemd/network/");

    private final Host host;

    /** Name of each file to where it is; one in {@code /etc} takes the place of one of its name elsewhere. */
    private final Map<String, String> files = new TreeMap<>();

    NetworkdFiles(Host host) {
        this.host = host;
        for (String folder : FOLDERS) {
            host.names(folder).stream()
                    .filter(name -> name.endsWith(".network"))
                    .forEach(name -> files.put(name, folder + name));
        }
    }

    /** The file by which networkd configures the interface; empty if it leaves it alone. */
    Optional<String> firstThatManages(String name) {
        return files.values().stream()
                .filter(file -> isFor(host.text(file), name))
                .findFirst()
                .filter(file -> !isUnmanaged(host.text(file)));
    }

    private boolean isFor(String file, String name) {
        Optional<String> names = value(file, "Name");
        Optional<String> addresses = value(file, "MACAddress");
        boolean byName = names.map(list -> matches(list, name)).orElse(true);
        boolean byAddress = addresses
                .map(list -> list.toLowerCase(Locale.ROOT).contains(host.text("/sys/class/net/" + name + "/address")))
                .orElse(true);
        boolean byType = value(file, "Type").map(type -> matches(type, "ether")).orElse(true);
        return byName && byAddress && byType;
    }

    /** A list that begins with '!' names those that are not meant. */
    private static boolean matches(String list, String name) {
        boolean not = list.startsWith("!");
        String[] globs = (not ? list.substring(1) : list).split("\\s+");
        return not != Arrays.stream(globs).anyMatch(glob -> Globs.matches(glob, name));
    }

    private static boolean isUnmanaged(String file) {
        return value(file, "Unmanaged")
                .filter(value -> value.matches("(?i)yes|true|1|on"))
                .isPresent();
    }

    private static Optional<String> value(String file, String key) {
        return file.lines()
                .map(String::strip)
                .filter(line -> line.matches(key + "\\s*=.*"))
                .map(line -> line.substring(line.indexOf('=') + 1).strip())
                .findFirst();
    }
}
