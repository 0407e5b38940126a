package io.twinport.control.hotplug;

import io.twinport.control.UserException;
import io.twinport.control.kernel.KernelInterface;
import io.twinport.control.kernel.KernelInterfaces;
import io.twinport.control.kernel.QuietInterface;
import io.twinport.dpdk.Devargs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An interface that stays with the kernel's driver, by its name, its device's PCI address or its MAC address
 * ({@code mac:52:54:00:12:34:56}). As long as a side has it, it is silent but for us; then it is as it was found.
 */
public final class KernelSlot implements Slot {
    /** What an address by which a device is known begins with. */
    public static final String MAC = "mac:";

    private final KernelInterfaces interfaces;
    private final QuietInterface quiet;
    private final String wanted;
    private volatile Optional<String> found = Optional.empty();

    KernelSlot(KernelInterfaces interfaces, QuietInterface quiet, String wanted) {
        this.interfaces = interfaces;
        this.quiet = quiet;
        this.wanted = wanted;
    }

    /** @param wanted which interface */
    public static KernelSlot ofThisMachine(String wanted) {
        return new KernelSlot(new KernelInterfaces(Path.of("/sys")), QuietInterface.ofThisMachine(), wanted);
    }

    /**
     * What has to be so before DPDK starts.
     *
     * @throws UserException if the interface cannot be had as it is
     */
    public void check() {
        List<KernelInterface> all = candidates();
        if (all.size() > 1) {
            throw new UserException(wanted + " is the address of "
                    + String.join(", ", all.stream().map(KernelInterface::name).toList())
                    + ": give the one that is meant by its name.");
        }
        all.forEach(quiet::check);
    }

    @Override
    public Optional<Occupant> look() {
        Optional<KernelInterface> there = find();
        found = there.map(KernelInterface::name);
        return there.map(KernelSlot::occupant);
    }

    @Override
    public Optional<String> found() {
        return found;
    }

    @Override
    public String whyAbsent() {
        return "to appear: the kernel has no such interface yet";
    }

    @Override
    public boolean comesAndGoes() {
        return true;
    }

    @Override
    public Optional<String> take(Occupant device) {
        quiet.restore(); // of an attempt before this one
        return find().filter(there -> occupant(there).isSameDevice(device)).map(quiet::quiet);
    }

    @Override
    public void giveBack() {
        quiet.restore();
    }

    private Optional<KernelInterface> find() {
        List<KernelInterface> all = candidates();
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    private List<KernelInterface> candidates() {
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

    /** Its driver shares it as it is. */
    private static Occupant occupant(KernelInterface there) {
        return new Occupant(there.index(), there.driver(), true);
    }
}
