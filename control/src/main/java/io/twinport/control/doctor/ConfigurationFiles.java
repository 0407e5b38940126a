package io.twinport.control.doctor;

import java.util.Collections;
import java.util.List;

/** What a file of ours has to be called among those of a service, which reads them in the order of their names' bytes. */
final class ConfigurationFiles {
    /** In the order of taste, which is not the one that they sort in. */
    private static final List<String> FIRST = List.of("00-", "00--", "0-", "0--", "+", "!");

    private ConfigurationFiles() {}

    /** The names in some folders that end so. */
    static List<String> names(Host host, List<String> folders, String ending) {
        return folders.stream()
                .flatMap(folder -> host.names(folder).stream())
                .filter(name -> name.endsWith(ending))
                .toList();
    }

    /** A name before all others. */
    static String first(String name, List<String> others) {
        return FIRST.stream()
                .map(prefix -> prefix + name)
                .filter(candidate -> others.stream().allMatch(other -> candidate.compareTo(other) <= 0))
                .findFirst()
                .orElse(FIRST.getLast() + name);
    }

    /** A name after all others. */
    static String last(String name, List<String> others) {
        String usual = "zz-" + name;
        return others.stream().allMatch(other -> other.compareTo(usual) <= 0)
                ? usual
                : Collections.max(others) + "-" + name;
    }
}
