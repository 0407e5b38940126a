package io.twinport.control.kernel;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.kernel.InterfaceChanges.Target;
import io.twinport.posix.PosixException;
import io.twinport.posix.QueueDiscipline;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An interface that the kernel drives, and nobody uses but a packet socket of ours (U9): the kernel's own multicast reports,
 * router solicitations and address checks would leave it with the port's MAC address, and teach the bridges the wrong way.
 *
 * <ul>
 *   <li>IPv6 and ARP are off and IPv4 takes only what comes from where a route leads back, so that the kernel does not take
 *       in for a second time what it gets by the port's own interface.
 *   <li>Frames arrive as they were sent: not merged (a packet socket would get the beginning), their checksums complete.
 *   <li>Where the interface is the port's alone ({@link #silence}) what the kernel or anybody else sends is dropped before the
 *       driver; a packet socket that bypasses the queueing discipline is not asked. That holds also for what comes after: an
 *       address, a DHCP client. And it receives all multicast.
 * </ul>
 *
 * The same for the kernel's failover device over it. What others change meanwhile is put back once, then only said ({@link
 * Upkeep}). In the end all is as it was found, also after a failure half way. Any thread.
 */
public final class QuietInterface {
    /** The kernel's names of what merges frames. */
    private static final Set<String> MERGING = Set.of("rx-gro", "rx-gro-hw", "rx-gro-list", "rx-lro");

    /** What tells a virtio device's host that checksums need not be complete. */
    private static final String UNCHECKED = "rx-checksum";

    private static final String VIRTIO = "virtio_net";

    private static final String SPEAKS =
            "the kernel speaks there with the port's MAC address, which draws the traffic to this side";
    private static final String RIGHTS = "It takes root, or CAP_NET_ADMIN and a /proc/sys that can be written.";

    private final InterfaceChanges.Controls controls;
    private final Log log;
    private final KernelInterfaces interfaces;
    private final InterfaceUse use;
    private final InterfaceChanges changes;
    private Optional<KernelInterface> own = Optional.empty();
    private List<String> told = List.of();

    /**
     * @param root of {@code sys} and {@code proc}
     * @param controls a test's, for interfaces that are none
     */
    QuietInterface(Path root, InterfaceChanges.Controls controls, Log log) {
        this.controls = controls;
        this.log = log;
        this.interfaces = new KernelInterfaces(root.resolve("sys"));
        this.use = new InterfaceUse(root.resolve("proc"));
        this.changes = new InterfaceChanges(root, controls);
    }

    /** @param log told what others do to it */
    public static QuietInterface ofThisMachine(Log log) {
        return new QuietInterface(Path.of("/"), new KernelControls(), log);
    }

    /**
     * Checks that nobody uses the interface; changes nothing.
     *
     * @throws UserException if somebody does
     */
    public void check(KernelInterface standby) {
        for (KernelInterface each : withFailoverDevice(standby)) {
            List<InterfaceUse.Use> uses = use.of(interfaces.folder(each.name()), standby.failoverDevice());
            if (!uses.isEmpty()) {
                throw new UserException(each.name() + " " + InterfaceUse.describe(uses)
                        + ": an interface below a port must have no other user. The kernel would bypass the port with it, and"
                        + " interfaces on top of it would be cut off. Move those to the port's own interface (--handler tap:NAME), and see"
                        + " that no network service sets it up again (twinport doctor). To free it: "
                        + InterfaceUse.howToEnd(uses));
            }
        }
        controls.discipline(standby.index())
                .filter(kind -> !kind.equals(QueueDiscipline.BLACKHOLE)) // as a process that was killed leaves it
                .ifPresent(kind -> {
                    throw new UserException(standby.name() + " has a queueing discipline that somebody set ("
                            + kind + "), and twinport could not restore it. Remove it first: tc qdisc delete dev "
                            + standby.name() + " root");
                });
    }

    /**
     * Makes an interface silent that is the port's alone, and starts it. What was done stays until {@link #restore}, also if this
     * fails.
     *
     * @return what was done, in words
     * @throws UserException if somebody uses the interface, or there is no right to change it
     */
    public synchronized String silence(KernelInterface standby) {
        check(standby);
        own = Optional.of(standby);
        try {
            // First, so that what the other steps would have the kernel say is not heard.
            changes.dropAll(target(standby), SPEAKS);
            quietSteps(standby).forEach(Runnable::run);
            passWhole(standby, true);
            changes.receiveAllMulticast(target(standby), "it may miss the port's multicast");
            changes.start(target(standby));
        } catch (PosixException | UncheckedIOException e) {
            throw new UserException(standby.name() + " cannot be made silent: " + e.getMessage() + ". " + RIGHTS, e);
        }
        return "is silent now"
                + standby.failoverDevice()
                        .map(over -> ", as " + over + " over it is")
                        .orElse("") + ": no IPv6, no ARP, and what the kernel sends there is dropped"
                + partialChecksums(standby);
    }

    /**
     * Keeps the kernel quiet on an interface that a DPDK driver works over beside it. One that somebody else uses is left to
     * him, and that is said.
     *
     * @param isPacketSocket whether the driver gets frames after the kernel may have merged them; by XDP it gets them before
     * @return what was done, in words; empty if it was so already
     */
    public synchronized Optional<String> keepQuietBeside(KernelInterface shared, boolean isPacketSocket) {
        own = Optional.of(shared);
        List<InterfaceUse.Use> uses = use.of(interfaces.folder(shared.name()));
        if (!uses.isEmpty()) {
            log.warn(shared.name() + " " + InterfaceUse.describe(uses)
                    + ": somebody uses it beside the port. The kernel receives each of its frames a second time, and frames that it sends there with"
                    + " the port's MAC address draw the traffic to this side. To free it: "
                    + InterfaceUse.howToEnd(uses));
            told = uses.stream().map(each -> shared.name() + " " + each.text()).toList();
        }
        List<Runnable> steps = new ArrayList<>(uses.isEmpty() ? quietSteps(shared) : List.of());
        steps.add(() -> passWhole(shared, isPacketSocket));
        List<String> failures = new ArrayList<>();
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (PosixException | UncheckedIOException e) {
                failures.add(e.getMessage());
            }
        }
        if (!failures.isEmpty()) {
            log.warn(shared.name() + " has settings that the port cannot use: " + String.join("; ", failures) + ". "
                    + RIGHTS
                    + " Until then the kernel may receive frames a second time, and send with the port's MAC address");
        }
        return changes.isEmpty()
                ? Optional.empty()
                : Optional.of("keeps the kernel quiet on " + shared.name() + ": " + changes.describe(target(shared)));
    }

    /** Puts all back that was changed; what belongs to an interface that has gone is past. */
    public synchronized void restore() {
        own = Optional.empty();
        told = List.of();
        changes.restore();
    }

    /**
     * Looks whether all is as it was set, and whether somebody uses the interface now.
     *
     * @return what is not as it should be, in words
     */
    public synchronized List<String> lookAfter() {
        Optional<KernelInterface> here =
                own.flatMap(one -> interfaces.nameOf(one.index(), one.name()).map(one::named));
        if (here.isEmpty()) {
            return List.of(); // nobody's, or it has gone: what was set on it is put back if it returns
        }
        own = here;
        List<String> differences = new ArrayList<>(changes.lookAfter(log));
        List<String> uses = new ArrayList<>();
        Optional<String> over = here.get().failoverDevice();
        for (KernelInterface each : withFailoverDevice(here.get())) {
            use.withoutRoutes(interfaces.folder(each.name()), over).forEach(one -> tell(each.name(), one, uses));
        }
        told = uses;
        differences.addAll(uses);
        return differences;
    }

    private void tell(String name, InterfaceUse.Use one, List<String> uses) {
        String text = name + " " + one.text();
        uses.add(text);
        if (!told.contains(text)) {
            log.warn(text + ": somebody else uses it now, beside the port. To end this: " + one.end());
        }
    }

    private List<KernelInterface> withFailoverDevice(KernelInterface standby) {
        List<KernelInterface> both = new ArrayList<>(List.of(standby));
        standby.failoverDevice().flatMap(interfaces::exactly).ifPresent(both::add);
        return both;
    }

    private static Target target(KernelInterface one) {
        return new Target(one.index(), one.name());
    }

    private List<Runnable> quietSteps(KernelInterface one) {
        List<Runnable> steps = new ArrayList<>();
        for (KernelInterface each : withFailoverDevice(one)) {
            Target target = target(each);
            steps.add(() -> changes.set(target, "ipv6", "disable_ipv6", SPEAKS));
            steps.add(() ->
                    changes.set(target, "ipv4", "rp_filter", "the kernel receives the port's frames a second time"));
            steps.add(() -> changes.resolveNoAddresses(target, SPEAKS));
        }
        return steps;
    }

    /** What merges frames or leaves them unfinished is switched off, at the other end too where that is in this namespace. */
    private void passWhole(KernelInterface one, boolean isPacketSocket) {
        Map<String, Boolean> features = isPacketSocket ? controls.features(one.index()) : Map.of();
        features.forEach((feature, on) -> {
            if (MERGING.contains(feature)) {
                changes.switchOff(target(one), feature, "frames come merged, and are refused");
            } else if (feature.equals(UNCHECKED) && one.driver().equals(VIRTIO)) {
                changes.switchOff(target(one), feature, "frames come with checksums that are not complete");
            }
        });
        controls.otherEnd(one.index())
                .filter(end -> end.leavesChecksums().orElse(true))
                .ifPresent(end -> complete(one, end));
    }

    private void complete(KernelInterface one, OtherEnd end) {
        if (end.isHere() && end.leavesChecksums().isPresent()) {
            changes.switchOff(new Target(end.index(), end.name()), OtherEnd.CHECKSUMS, "TCP does not work");
            return;
        }
        log.warn(end + " of " + one.name() + (end.leavesChecksums().isPresent() ? " leaves" : " may leave")
                + " checksums to a NIC, and merges frames. There is no NIC between them: the receiver of such frames drops"
                + " them, and TCP does not work. Let it complete them: " + end.command());
    }

    /** Its virtio driver may have told the host for good that checksums need not be complete. */
    private String partialChecksums(KernelInterface standby) {
        boolean complete = !standby.driver().equals(VIRTIO)
                || Boolean.FALSE.equals(controls.features(standby.index()).get(UNCHECKED));
        return complete
                ? ""
                : ". The driver cannot refuse frames whose checksums are not complete, as senders on the same host may"
                        + " send them: guest_csum=off in QEMU (libvirt: <driver><guest csum='off'/></driver>)";
    }
}
