package io.twinport.control.host.migrate;

import io.twinport.control.UserException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How programs are started on the host of a libvirt. */
final class HostAddress {
    private static final Pattern SSH =
            Pattern.compile("[a-z]+\\+ssh://((?:[A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9._-]*)(?::(\\d{1,5}))?/.*");

    private HostAddress() {}

    /**
     * What stands before a command.
     *
     * @param given by the user; empty where the URI tells it
     * @throws UserException if neither tells it
     */
    static List<String> starter(String option, String uri, List<String> given) {
        if (!given.isEmpty()) {
            return given;
        }
        if (uri.matches("[a-z]+:///[a-z]+")) {
            return List.of();
        }
        Matcher ssh = SSH.matcher(uri);
        if (!ssh.matches()) {
            throw new UserException(
                    "it cannot be told from " + uri + " how 'ip' and 'bridge' are called on that host. Give " + option
                            + ", for instance " + option + " 'ssh root@HOST'.");
        }
        List<String> plain = List.of("ssh", "-o", "BatchMode=yes");
        return Stream.of(
                        plain,
                        ssh.group(2) == null ? List.<String>of() : List.of("-p", ssh.group(2)),
                        List.of(ssh.group(1)))
                .flatMap(List::stream)
                .toList();
    }
}
