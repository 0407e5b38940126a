package io.twinport.control.doctor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What Debian's cloud images have udev start for each new interface. */
final class CloudIfupdownHelper {
    static final String NAME = "cloud-ifupdown-helper";

    /** In the order in which a file takes the place of another of its name; udev(7). */
    private static final List<String> FOLDERS = List.of(
            "/etc/udev/rules.d",
            "/run/udev/rules.d",
            "/usr/local/lib/udev/rules.d",
            "/usr/lib/udev/rules.d",
            "/lib/udev/rules.d");

    private CloudIfupdownHelper() {}

    /** The file of rules that has udev start it. Whether a rule fits an interface only udev could say, which cannot be asked without effect. */
    static Optional<String> rule(Host host) {
        Set<String> seen = new LinkedHashSet<>();
        for (String folder : FOLDERS) {
            for (String name : host.names(folder)) {
                // Of a link to /dev/null nothing is read, and it hides the others of its name.
                if (name.endsWith(".rules")
                        && seen.add(name)
                        && host.text(folder + "/" + name)
                                .lines()
                                .map(String::strip)
                                .anyMatch(line -> !line.startsWith("#") && line.contains(NAME))) {
                    return Optional.of(folder + "/" + name);
                }
            }
        }
        return Optional.empty();
    }
}
