package io.twinport.control.host.migrate;

import io.twinport.control.Printable;
import io.twinport.control.UserException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The command of a step. What a document or a guest has named becomes a part of it only where it is a plain name: so none can be
 * taken for an option, nor for anything else by the shell of a host far away.
 */
final class Commands {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9@][A-Za-z0-9@_.:+-]{0,127}");

    private Commands() {}

    /** @throws UserException if it is no plain name */
    static String plain(String name) {
        if (!PLAIN.matcher(name).matches()) {
            throw new UserException(
                    "a device, an alias or an address has a name that is no plain one, and goes into no command: '"
                            + Printable.line(name) + "'.");
        }
        return name;
    }

    /** One of libvirt's. */
    static List<String> virsh(String uri, String command, String... arguments) {
        return Stream.concat(Stream.of("virsh", "--connect=" + uri, "--quiet", command), Stream.of(arguments))
                .toList();
    }

    /**
     * What gives a step's setting a value.
     *
     * @param domain its name or its UUID
     * @param value an interface is resolved
     * @param now the value that it has, which of an entry is the port
     * @param file with a device's document
     */
    static List<String> set(
            String uri, String domain, Step step, String subject, String value, String now, String file) {
        String key = step.setting().key();
        boolean isThere = !value.equals(Setting.NONE);
        return switch (step.setting().kind()) {
            case GUEST -> throw new IllegalArgumentException("a guest is migrated");
            case GUEST_LINK ->
                virsh(
                        uri,
                        "domif-setlink",
                        "--domain=" + domain,
                        "--interface=" + plain(subject),
                        "--state=" + plain(value));
            case VF_LINK ->
                List.of("ip", "link", "set", "dev", plain(subject), "vf", plain(key), "state", plain(value));
            case VF_MAC -> List.of("ip", "link", "set", "dev", plain(subject), "vf", plain(key), "mac", plain(value));
            case ENTRY ->
                isThere
                        ? entry(step, plain(key), plain(value))
                        : List.of("bridge", "fdb", "del", plain(key), "dev", plain(now), "master");
            case FILTER -> List.of("bridge", "fdb", isThere ? "add" : "del", plain(key), "dev", plain(subject), "self");
            case DEVICE ->
                isThere
                        ? virsh(uri, "attach-device", "--domain=" + domain, "--file=" + file, "--live")
                        : virsh(
                                uri,
                                "detach-device-alias",
                                "--domain=" + domain,
                                "--alias=" + plain(subject),
                                "--live");
            case SENDER ->
                key.isEmpty()
                        ? List.of()
                        : virsh(
                                uri,
                                "qemu-agent-command",
                                "--domain=" + domain,
                                "--timeout=5",
                                "--cmd=" + GuestAgent.exec("twinport", "switch", isThere ? key : "auto"));
        };
    }

    /**
     * A bridge moves an entry to where the guest's frames come from, a static one too. Before the guest has left its primary that would
     * be the uplink, and the bridge sends no frame back to where it came from; afterwards it is right.
     */
    private static List<String> entry(Step step, String mac, String port) {
        boolean isToStay = step.phase() == Phase.PREPARE && port.equals(step.after());
        List<String> words = List.of("bridge", "fdb", "replace", mac, "dev", port, "master", "static");
        return isToStay ? Stream.concat(words.stream(), Stream.of("sticky")).toList() : words;
    }

    /** The migration. */
    static List<String> migrate(Plan plan, String domain) {
        return Stream.concat(
                        virsh(
                                plan.source(),
                                "migrate",
                                "--live",
                                "--persistent",
                                "--undefinesource",
                                "--domain=" + domain,
                                "--desturi=" + plan.target())
                                .stream(),
                        plan.migrationOptions().stream())
                .toList();
    }
}
