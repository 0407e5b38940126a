package io.twinport.control.kernel;

import io.twinport.control.SystemFiles;
import io.twinport.control.UserException;
import io.twinport.posix.InterfaceControl;
import io.twinport.posix.PosixException;
import io.twinport.posix.QueueDiscipline;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * An interface that the kernel drives, and nobody uses but a packet socket of ours (U9): the kernel's own multicast reports,
 * router solicitations and address checks would leave it with the port's MAC address, and teach the bridges the wrong way.
 *
 * <ul>
 *   <li>What the kernel or anybody else sends is dropped before the driver; a packet socket that bypasses the queueing
 *       discipline is not asked. That holds also for what comes after: an address, a DHCP client.
 *   <li>IPv6 and ARP are off and IPv4 takes only what comes from where a route leads back, so that the kernel does not take
 *       in for a second time what it gets by the port's own interface.
 *   <li>Frames arrive as they were sent: not merged (a packet socket would get the beginning), all multicast of them.
 * </ul>
 *
 * The same for the kernel's failover device over it. All is put back in the end, in reverse, also after a failure half way.
 * For the thread of one side.
 */
public final class QuietInterface {
    /** The kernel's names of what merges frames, or leaves their checksums to the receiver. */
    private static final Set<String> MERGING = Set.of("rx-gro", "rx-gro-hw", "rx-gro-list", "rx-lro", "rx-checksum");

    private static final String INTERFACES = "sys/class/net";

    /** What is set otherwise than by a file. */
    interface Controls {
        boolean hasFlag(String name, int flag);

        void setFlag(String name, int flag, boolean on);

        Map<String, Boolean> features(String name);

        void setFeatures(String name, Map<String, Boolean> wanted);

        Optional<String> discipline(int index);

        void dropAll(int index, boolean on);
    }

    private record Undo(int index, Consumer<String> step) {}

    private final Path root;
    private final Controls controls;
    private final Deque<Undo> undo = new ArrayDeque<>();

    /**
     * @param root of {@code sys} and {@code proc}
     * @param controls a test's, for interfaces that are none
     */
    QuietInterface(Path root, Controls controls) {
        this.root = root;
        this.controls = controls;
    }

    public static QuietInterface ofThisMachine() {
        return new QuietInterface(Path.of("/"), new KernelControls());
    }

    /**
     * Checks that nobody uses the interface; changes nothing.
     *
     * @throws UserException if somebody does
     */
    public void check(KernelInterface standby) {
        if (standby.master().isPresent() && !standby.isStandby()) {
            throw new UserException(standby.name() + " belongs to "
                    + standby.master().get()
                    + " (ip link show " + standby.name() + "), which would get what it receives. Take it out first: ip"
                    + " link set " + standby.name() + " nomaster");
        }
        for (String name : withFailoverDevice(standby)) {
            List<InetAddress> addresses = new InterfaceAddresses(() -> name, root.resolve("proc")).configured();
            if (!addresses.isEmpty()) {
                throw new UserException(name + " has the address "
                        + addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "))
                        + ": an interface below a port has none, for the kernel would go past the port with it. Move it to"
                        + " the port's own interface (--handler tap:NAME), and see that no network service takes one again"
                        + " (twinport doctor). To remove it: ip address flush dev " + name);
            }
        }
        controls.discipline(standby.index())
                .filter(kind -> !kind.equals(QueueDiscipline.BLACKHOLE)) // as a process that was killed leaves it
                .ifPresent(kind -> {
                    throw new UserException(standby.name() + " has a queueing discipline that somebody has given it ("
                            + kind + "), which could not be put back. Remove it first: tc qdisc delete dev "
                            + standby.name() + " root");
                });
    }

    /**
     * Makes the interface silent and starts it. What was done stays until {@link #restore}, also if this fails.
     *
     * @return what was done, in words
     * @throws UserException if somebody uses the interface, or there is no right to change it
     */
    public String quiet(KernelInterface standby) {
        check(standby);
        try {
            // First, so that what the other steps would have the kernel say is not heard.
            controls.dropAll(standby.index(), true);
            then(standby.index(), name -> controls.dropAll(standby.index(), false));
            for (String name : withFailoverDevice(standby)) {
                int index = name.equals(standby.name()) ? standby.index() : indexOf(name);
                setting(index, name, "ipv6", "disable_ipv6");
                setting(index, name, "ipv4", "rp_filter");
                flag(index, name, InterfaceControl.NO_ARP);
            }
            features(standby);
            flag(standby.index(), standby.name(), InterfaceControl.ALL_MULTICAST);
            flag(standby.index(), standby.name(), InterfaceControl.UP);
        } catch (PosixException | IOException e) {
            throw new UserException(
                    standby.name() + " cannot be made silent: " + e.getMessage()
                            + ". It takes root, or CAP_NET_ADMIN and a /proc/sys that can be written.",
                    e);
        }
        return "is silent now"
                + standby.failoverDevice()
                        .map(over -> ", as " + over + " over it is")
                        .orElse("") + ": no IPv6, no ARP, and what the kernel sends there is dropped"
                + partialChecksums(standby);
    }

    /** Puts all back that was changed; what belongs to an interface that has gone is past. */
    public void restore() {
        List<RuntimeException> failures = new ArrayList<>();
        while (!undo.isEmpty()) {
            Undo last = undo.pop();
            nameOf(last.index()).ifPresent(name -> {
                try {
                    last.step().accept(name);
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            });
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.getFirst();
            throw new UserException("not all settings are as they were found: " + first.getMessage(), first);
        }
    }

    private static List<String> withFailoverDevice(KernelInterface standby) {
        List<String> names = new ArrayList<>(List.of(standby.name()));
        standby.failoverDevice().ifPresent(names::add);
        return names;
    }

    private void then(int index, Consumer<String> step) {
        undo.push(new Undo(index, step));
    }

    /** Switches one of {@code /proc/sys/net} on; a kernel without IPv6 has none of it. */
    private void setting(int index, String name, String family, String key) throws IOException {
        Path file = settingFile(name, family, key);
        if (!Files.exists(file)) {
            return;
        }
        String before = Files.readString(file).strip();
        if (!before.equals("1")) {
            Files.writeString(file, "1");
            then(index, now -> write(settingFile(now, family, key), before));
        }
    }

    private Path settingFile(String name, String family, String key) {
        return root.resolve("proc/sys/net")
                .resolve(family)
                .resolve("conf")
                .resolve(name)
                .resolve(key);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UserException("cannot write '" + text + "' to " + file + ": " + e.getMessage(), e);
        }
    }

    private void flag(int index, String name, int flag) {
        if (!controls.hasFlag(name, flag)) {
            controls.setFlag(name, flag, true);
            then(index, now -> controls.setFlag(now, flag, false));
        }
    }

    private void features(KernelInterface standby) {
        Map<String, Boolean> on = new LinkedHashMap<>(controls.features(standby.name()));
        on.values().removeIf(isOn -> !isOn);
        on.keySet().retainAll(MERGING);
        if (!on.isEmpty()) {
            Map<String, Boolean> off = new LinkedHashMap<>(on);
            off.replaceAll((feature, isOn) -> false);
            controls.setFeatures(standby.name(), off);
            then(standby.index(), name -> controls.setFeatures(name, on));
        }
    }

    /** Its virtio driver may have told the host for good that checksums need not be complete. */
    private String partialChecksums(KernelInterface standby) {
        boolean complete = !standby.driver().equals("virtio_net")
                || Boolean.FALSE.equals(controls.features(standby.name()).get("rx-checksum"));
        return complete
                ? ""
                : ". The driver cannot refuse frames whose checksums are not complete, as senders on the same host may"
                        + " send them: guest_csum=off in QEMU (libvirt: <driver><guest csum='off'/></driver>)";
    }

    private int indexOf(String name) throws IOException {
        return Integer.parseInt(
                Files.readString(root.resolve(INTERFACES).resolve(name).resolve("ifindex"))
                        .strip());
    }

    private Optional<String> nameOf(int index) {
        return SystemFiles.list(root.resolve(INTERFACES)).stream()
                .filter(folder -> SystemFiles.text(folder.resolve("ifindex")).equals(String.valueOf(index)))
                .map(SystemFiles::name)
                .findFirst();
    }
}
