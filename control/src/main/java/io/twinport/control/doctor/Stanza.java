package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What interfaces(5) has of an interface: {@code iface ens5 inet dhcp}.
 *
 * @param line from 1
 * @param text without the white space around it
 */
record Stanza(String name, String file, int line, String text) {
    /** In files that ifupdown itself has named. */
    static List<Stanza> of(Host host, Collection<String> files, String name) {
        List<Stanza> found = new ArrayList<>();
        for (String file : files) {
            List<String> lines = host.text(file).lines().map(String::strip).toList();
            for (int i = 0; i < lines.size(); i++) {
                String[] words = lines.get(i).split("\\s+");
                if (words.length > 2 && words[0].equals("iface") && words[1].equals(name)) {
                    found.add(new Stanza(name, file, i + 1, lines.get(i)));
                }
            }
        }
        return found;
    }

    String place() {
        return file + ":" + line;
    }

    boolean isManual() {
        return text.endsWith(" manual");
    }

    /** The same without an address. */
    String manual() {
        return String.join(" ", List.of(text.split("\\s+")).subList(0, 3)) + " manual";
    }
}
