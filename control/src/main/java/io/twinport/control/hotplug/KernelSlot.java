package io.twinport.control.hotplug;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.kernel.KernelInterface;
import io.twinport.control.kernel.KernelInterfaces;
import io.twinport.control.kernel.QuietInterface;
import io.twinport.dataplane.device.KernelLinks;
import io.twinport.dpdk.Devargs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A kernel interface that a side's frames go by. It comes and goes with the device below it; one that is made anew is
 * another one, even under the same name, and a driver's sockets stay with the one that has gone. One that is renamed is not.
 *
 * <ul>
 *   <li>{@link #kept}: it stays with the kernel's driver and is the port's alone, by its name, its device's PCI address or its
 *       MAC address ({@code mac:52:54:00:12:34:56}). As long as a side has it, it is silent but for us.
 *   <li>{@link #shared}: a DPDK driver works over it by its name ({@code net_af_packet}). The kernel is kept quiet there.
 * </ul>
 *
 * Then it is as it was found.
 */
public final class KernelSlot implements Slot {
    /** What an address by which a device is known begins with. */
    public static final String MAC = "mac:";

    /** Who uses the interface beside the kernel. */
    enum Kind {
        /** The port alone. */
        KEPT,
        /** A DPDK driver that has a packet socket there. */
        PACKET_SOCKET,
        /** A DPDK driver that gets frames before the kernel does. */
        XDP
    }

    /** The kernel's interfaces, as this process knows them. */
    public interface Ours {
        /** An interface as it is here now. */
        KernelLinks.Stay stay(int index);

        /** The present name of an interface; empty once it has been away. */
        Optional<String> nameOf(KernelLinks.Stay stay);

        /** Puts back what an interface that was away has brought back with it. */
        void tidy(int index);

        /** Whether it is a port's own interface, or another side's. */
        boolean isTaken(int index);
    }

    private final KernelInterfaces interfaces;
    private final QuietInterface quiet;
    private final String wanted;
    private final Kind kind;
    private final Ours ours;
    private final Log log;
    private Optional<KernelInterface> held = Optional.empty();
    private Optional<KernelLinks.Stay> heldStay = Optional.empty();
    private volatile int heldIndex;
    private volatile Optional<String> found = Optional.empty();

    KernelSlot(KernelInterfaces interfaces, QuietInterface quiet, String wanted, Kind kind, Ours ours, Log log) {
        this.interfaces = interfaces;
        this.quiet = quiet;
        this.wanted = wanted;
        this.kind = kind;
        this.ours = ours;
        this.log = log;
    }

    /**
     * One that is the port's alone.
     *
     * @param wanted which interface
     * @param log told what others do to it
     */
    public static KernelSlot kept(String wanted, Ours ours, Log log) {
        return ofThisMachine(wanted, Kind.KEPT, ours, log);
    }

    /**
     * One that a DPDK driver works over.
     *
     * @param name its
     * @param isXdp whether by XDP, or by a packet socket
     * @param log told what others do to it
     */
    public static KernelSlot shared(String name, boolean isXdp, Ours ours, Log log) {
        return ofThisMachine(name, isXdp ? Kind.XDP : Kind.PACKET_SOCKET, ours, log);
    }

    /**
     * Checks, before DPDK starts, an interface that the port is to have alone.
     *
     * @throws UserException if the interface cannot be used in its state
     */
    public static void check(String wanted) {
        KernelInterfaces all = new KernelInterfaces(Path.of("/sys"));
        check(wanted, meant(wanted, all), QuietInterface.ofThisMachine((level, line) -> {}));
    }

    static void check(String wanted, List<KernelInterface> all, QuietInterface quiet) {
        if (all.size() > 1) {
            throw new UserException(wanted + " is the address of "
                    + String.join(", ", all.stream().map(KernelInterface::name).toList())
                    + ": give the name of one of them.");
        }
        all.forEach(quiet::check);
    }

    /** Those that can be meant by one that is to be the port's alone. */
    public static List<KernelInterface> meant(String wanted, KernelInterfaces interfaces) {
        if (Devargs.isPci(wanted)) {
            return interfaces.ofDevice(wanted).stream().toList();
        }
        if (!wanted.startsWith(MAC)) {
            return interfaces.named(wanted).stream().toList();
        }
        List<KernelInterface> all = interfaces.withMac(wanted.substring(MAC.length()));
        List<KernelInterface> virtio =
                all.stream().filter(each -> each.driver().equals("virtio_net")).toList();
        return virtio.isEmpty() ? all : virtio; // the other one of a pair has that address too
    }

    private static KernelSlot ofThisMachine(String wanted, Kind kind, Ours ours, Log log) {
        return new KernelSlot(
                new KernelInterfaces(Path.of("/sys")), QuietInterface.ofThisMachine(log), wanted, kind, ours, log);
    }

    @Override
    public Optional<Occupant> look() {
        Optional<KernelInterface> there = find();
        found = there.map(KernelInterface::name);
        return there.map(this::occupant);
    }

    /** The name of one that is kept; a DPDK driver has that by which it was probed. */
    @Override
    public Optional<String> found() {
        return kind == Kind.KEPT ? found : Optional.empty();
    }

    @Override
    public String whyAbsent() {
        boolean isTaken = candidates().stream().map(KernelInterface::index).anyMatch(ours::isTaken);
        return isTaken
                ? ": the interface " + wanted + " belongs to a port, or to another side"
                : kind == Kind.KEPT
                        ? ": the kernel has no such interface yet"
                        : ": there is no interface " + wanted + " yet";
    }

    @Override
    public boolean comesAndGoes() {
        return true;
    }

    @Override
    public Optional<String> take(Occupant device) {
        giveBack(); // of an attempt before this one
        Optional<KernelInterface> there = find().filter(now -> occupant(now).isSameDevice(device));
        there.ifPresent(this::hold);
        return kind == Kind.KEPT
                ? there.map(quiet::silence)
                : there.flatMap(now -> quiet.keepQuietBeside(now, kind == Kind.PACKET_SOCKET));
    }

    private void hold(KernelInterface now) {
        ours.tidy(now.index());
        heldStay = Optional.of(ours.stay(now.index()));
        held = Optional.of(now);
        heldIndex = now.index();
    }

    @Override
    public void giveBack() {
        held = Optional.empty();
        heldStay = Optional.empty();
        heldIndex = 0;
        quiet.restore();
    }

    @Override
    public List<String> lookAfter() {
        return quiet.lookAfter();
    }

    @Override
    public int heldInterface() {
        return heldIndex;
    }

    /** That which is held, whatever it is called now; else the only one that is wanted. */
    private Optional<KernelInterface> find() {
        Optional<String> name = heldStay.flatMap(ours::nameOf);
        if (name.isPresent() && held.isPresent()) {
            held = held.map(before -> renamed(before, name.get()));
            return held;
        }
        List<KernelInterface> all = candidates().stream()
                .filter(each -> each.index() == heldIndex || !ours.isTaken(each.index()))
                .toList();
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    private KernelInterface renamed(KernelInterface before, String name) {
        if (before.name().equals(name)) {
            return before;
        }
        log.say(before.name() + " has been renamed to " + name + ", and stays this side");
        return before.named(name);
    }

    private List<KernelInterface> candidates() {
        return kind == Kind.KEPT
                ? meant(wanted, interfaces)
                : interfaces.exactly(wanted).stream().toList();
    }

    /** Its driver shares it, so nothing is bound. */
    private Occupant occupant(KernelInterface there) {
        return new Occupant(ours.stay(there.index()), there.driver(), true);
    }
}
