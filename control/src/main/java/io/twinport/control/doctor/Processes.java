package io.twinport.control.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What runs beside this machine's interfaces: a container's processes have others. */
final class Processes {
    private static final String PROC = "/proc";
    private static final String NAMESPACE = "/ns/net";

    /**
     * A process.
     *
     * @param name as the kernel keeps it, in 15 bytes
     * @param command with its arguments
     */
    record Running(String pid, String name, List<String> command) {
        /** For instance {@code dhclient -4 ens5 (process 812)}. */
        String text() {
            return (command.isEmpty() ? name : String.join(" ", command)) + " (process " + pid + ")";
        }
    }

    private Processes() {}

    static List<Running> of(Host host) {
        Optional<String> own = namespace(host, "self");
        return host.names(PROC).stream()
                .filter(pid -> pid.matches("\\d+"))
                .filter(pid -> {
                    // Whose namespace this user may not see is taken for one of ours.
                    Optional<String> theirs = namespace(host, pid);
                    return own.isEmpty() || theirs.isEmpty() || own.equals(theirs);
                })
                .map(pid -> new Running(pid, host.text(PROC + "/" + pid + "/comm"), command(host, pid)))
                .toList();
    }

    /** Whether one of that name runs. */
    static boolean runs(Host host, String name) {
        return of(host).stream().anyMatch(process -> process.name().equals(name));
    }

    /** Whether all can be seen: a {@code /proc} mounted with {@code hidepid} shows only one's own. */
    static boolean areVisible(Host host) {
        return !host.text(PROC + "/1/comm").isEmpty();
    }

    private static List<String> command(Host host, String pid) {
        return Arrays.stream(host.text(PROC + "/" + pid + "/cmdline").split("\0"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static Optional<String> namespace(Host host, String pid) {
        return host.link(PROC + "/" + pid + NAMESPACE);
    }
}
