package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.List;

/** What NetworkManager's files say of devices that it is to leave alone; NetworkManager.conf(5). */
final class NetworkManagerFiles {
    private static final List<String> FOLDERS =
            List.of("/usr/lib/NetworkManager/conf.d/", "/run/NetworkManager/conf.d/", "/etc/NetworkManager/conf.d/");
    private static final String KEY = "unmanaged-devices";
    private static final String BY_NAME = "interface-name:";

    private final List<String> patterns = new ArrayList<>();

    NetworkManagerFiles(Host host) {
        read(host.text("/etc/NetworkManager/NetworkManager.conf"));
        for (String folder : FOLDERS) {
            host.names(folder).forEach(name -> read(host.text(folder + name)));
        }
    }

    /** A later file's list takes the place of an earlier one's, unless it is added to it. */
    private void read(String file) {
        for (String line : file.lines().map(String::strip).toList()) {
            if (line.matches(KEY + "\\s*\\+?=.*")) {
                if (!line.contains("+=")) {
                    patterns.clear();
                }
                for (String device : line.substring(line.indexOf('=') + 1).split("[;,]")) {
                    patterns.add(device.strip());
                }
            }
        }
    }

    boolean leavesAlone(String name) {
        return patterns.stream().anyMatch(pattern -> isOf(pattern, name));
    }

    private static boolean isOf(String pattern, String name) {
        return pattern.equals("*")
                || pattern.startsWith(BY_NAME)
                        && Globs.matches(pattern.substring(BY_NAME.length()).replaceFirst("^=", ""), name);
    }
}
