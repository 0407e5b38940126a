package io.twinport.control.host;

import io.twinport.control.UserException;
import io.twinport.control.program.Answer;
import io.twinport.control.program.MachinePrograms;
import io.twinport.control.program.Programs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A host's libvirt, asked by {@code virsh}: read only, with a deadline and a bounded answer. */
public final class Virsh {
    /** One by ssh to a host far away takes a second or two. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** What ssh and a session's libvirt need. */
    private static final List<String> ENVIRONMENT =
            List.of("HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME");

    /** As virsh prints it where a network is not there. */
    private static final String NO_NETWORK = "Network not found";

    private final Programs programs;
    private final String uri;

    /** @param uri {@code qemu:///system}, {@code qemu+ssh://HOST/system} */
    public Virsh(Programs programs, String uri) {
        this.programs = programs;
        this.uri = uri;
    }

    public static Virsh to(String uri) {
        return new Virsh(programs(), uri);
    }

    /** This machine's, {@code virsh} and {@code ssh} among them. */
    public static Programs programs() {
        return new MachinePrograms(Path.of("/"), List.of(), LIMIT, ENVIRONMENT);
    }

    public String uri() {
        return uri;
    }

    /**
     * A domain's document, of what runs where it runs.
     *
     * @throws UserException if it cannot be had
     */
    public byte[] domain(String name) {
        Answer answer = ask("dumpxml", "--domain", name);
        if (!answer.isGood()) {
            throw failure("the domain " + name, answer);
        }
        return answer.out().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * A network's document; empty where there is no such network.
     *
     * @throws UserException if it cannot be told
     */
    public Optional<byte[]> network(String name) {
        Answer answer = ask("net-dumpxml", "--network", name);
        if (answer.isGood()) {
            return Optional.of(answer.out().getBytes(StandardCharsets.UTF_8));
        }
        if (answer.isAnswer() && answer.err().contains(NO_NETWORK)) {
            return Optional.empty();
        }
        throw failure("the network " + name, answer);
    }

    /** A value is given with its option, so that one that begins with a hyphen is none. */
    private Answer ask(String command, String option, String name) {
        return programs.ask("virsh", "--connect=" + uri, "--readonly", "--quiet", command, option + "=" + name);
    }

    private UserException failure(String what, Answer answer) {
        return new UserException("--connect or --target " + uri + ": " + what + " cannot be read: "
                + answer.why().replaceFirst("\\.+$", "")
                + ". Try: virsh -c " + uri + " list --all; or give files.");
    }
}
