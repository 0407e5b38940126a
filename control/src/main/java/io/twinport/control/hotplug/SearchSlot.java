package io.twinport.control.hotplug;

import io.twinport.control.UserException;
import io.twinport.dpdk.MacAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Wherever on the PCI bus the device with the port's MAC address is (R13). It is no virtio-net device (R16): that is the
 * standby.
 *
 * <p>The address of a device that the kernel drives or shares is seen. That of a device that is lent as a whole only its
 * driver knows, so such devices are probed one after another until one has it; the others are closed again, and left
 * alone until they are others or have another driver. Where it is seen that several have the address none is taken, and none
 * that somebody uses in the kernel.
 */
public final class SearchSlot implements Slot {
    /** A device that was looked at and is not the one. */
    private record Wrong(String address, Occupant device) {}

    private record Choice(String address, Occupant device, PciSlot slot) {}

    private final PciBus bus;
    private final Supplier<Optional<MacAddress>> wanted;
    private final Predicate<String> isTaken;
    private final Binding binding;
    private final Set<Wrong> wrong = new HashSet<>();
    private volatile @Nullable Choice choice;

    /**
     * @param wanted the port's address, empty as long as it is not known
     * @param isTaken whether somebody else in this process has the device at an address, or is to have it
     * @param binding whether devices may be taken from the kernel
     */
    public SearchSlot(PciBus bus, Supplier<Optional<MacAddress>> wanted, Predicate<String> isTaken, Binding binding) {
        this.bus = bus;
        this.wanted = wanted;
        this.isTaken = isTaken;
        this.binding = binding;
    }

    /**
     * Checks the machine before DPDK starts.
     *
     * @throws UserException if the present device cannot be used in its state, or several devices match
     */
    public void check() {
        if (!bus.exists()) {
            throw new UserException(
                    "this machine has no PCI bus, on which a device could be found. Give a virtual device.");
        }
        List<PciNic> matching = wanted.get().map(this::matching).orElse(List.of());
        if (matching.size() > 1) {
            throw new UserException("is not clear: " + matching.size() + " devices have the MAC address "
                    + wanted.get().orElseThrow() + ". Give one by its PCI address; " + PciNic.list(matching) + ".");
        }
        if (binding.takes() && matching.isEmpty() && !bus.isVfioLoaded()) {
            throw new UserException("--bind: the driver vfio-pci is not loaded, so it cannot take a device. As root:"
                    + " modprobe vfio-pci");
        }
        matching.forEach(nic -> new PciSlot(bus, nic.address(), binding).check());
    }

    @Override
    public Optional<Occupant> look() {
        Choice last = choice;
        if (last != null) {
            Optional<Occupant> there = last.slot().look();
            if (there.filter(last.device()::isSameDevice).isPresent()) {
                return there;
            }
        }
        // Those that have gone, or that somebody has bound to another driver since, may be the one now.
        wrong.removeIf(tried -> !bus.find(tried.address()).equals(Optional.of(tried.device())));
        Optional<PciNic> found = wanted.get().flatMap(this::find);
        choice = found.map(nic -> new Choice(nic.address(), nic.device(), new PciSlot(bus, nic.address(), binding)))
                .orElse(null);
        return found.map(PciNic::device);
    }

    private Optional<PciNic> find(MacAddress mac) {
        List<PciNic> matching = matching(mac).stream().filter(this::isFree).toList();
        Stream<PciNic> unknown =
                candidates().filter(nic -> nic.mac().isEmpty() && nic.device().isLent());
        return switch (matching.size()) {
            case 0 -> unknown.findFirst();
            case 1 -> Optional.of(matching.getFirst());
            default -> Optional.empty();
        };
    }

    private boolean isFree(PciNic nic) {
        return binding == Binding.IN_USE || bus.needsNoVfio(nic.device()) || !bus.isUsed(nic.address());
    }

    private List<PciNic> matching(MacAddress mac) {
        return candidates().filter(nic -> nic.has(mac)).toList();
    }

    private Stream<PciNic> candidates() {
        // Virtio devices are not asked for their addresses here: a driver may be using them.
        return PciNic.of(bus, address -> !bus.isVirtio(address) && !isTaken.test(address)).stream()
                .filter(nic -> !wrong.contains(new Wrong(nic.address(), nic.device())));
    }

    @Override
    public Optional<String> found() {
        Choice now = choice;
        return now == null ? Optional.empty() : Optional.of(now.address());
    }

    @Override
    public String whyAbsent() {
        return wanted.get()
                .map(mac -> ": "
                        + switch (matching(mac).size()) {
                            case 0 -> "no known device, besides virtio, has the MAC address " + mac;
                            case 1 -> "the one device with the MAC address " + mac + " is in use";
                            default -> "more than one device has the MAC address " + mac;
                        }
                        + "; " + PciNic.list(PciNic.of(bus)))
                .orElse(": its MAC address is known once the other side has joined");
    }

    @Override
    public boolean takesFromTheKernel() {
        return binding.takes();
    }

    @Override
    public boolean comesAndGoes() {
        return true;
    }

    @Override
    public boolean looksFurther() {
        return true;
    }

    @Override
    public Optional<String> take(Occupant device) {
        Choice now = choice;
        return now == null ? Optional.empty() : now.slot().take(device);
    }

    /** The device is not the one, or the side's life is at its end. */
    @Override
    public void giveBack() {
        Choice last = choice;
        choice = null;
        if (last != null) {
            last.slot().giveBack();
            bus.find(last.address()).ifPresent(device -> wrong.add(new Wrong(last.address(), device)));
        }
    }
}
