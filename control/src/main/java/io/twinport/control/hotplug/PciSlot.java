package io.twinport.control.hotplug;

import io.twinport.control.UserException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A PCI address. Where the operator has asked for it ({@code --bind}), a device there is taken from the kernel's driver
 * as soon as it is seen, unless somebody uses it there, and given back in the end: as it was found. A device that appeared while we were waiting for it
 * would have got the kernel's own driver, so it gets that; one that had no driver is left without.
 */
public final class PciSlot implements Slot {
    /** What was done to a device. */
    private record Taken(Object identity, boolean hadDriver) {}

    private final PciBus bus;
    private final String address;
    private final Binding binding;
    private boolean wasEmpty;
    private @Nullable Taken taken;

    /** @param binding whether devices may be taken from the kernel */
    public PciSlot(PciBus bus, String address, Binding binding) {
        this.bus = bus;
        this.address = address;
        this.binding = binding;
    }

    /**
     * What has to be so before DPDK starts: it looks for VFIO only then.
     *
     * @throws UserException if the device cannot be had as it is
     */
    public void check() {
        if (!bus.exists()) {
            throw new UserException(address + ": this machine has no PCI bus. Give a virtual device, or run it where"
                    + " the device is.");
        }
        Optional<Occupant> device = bus.find(address);
        device.ifPresent(there -> bus.checkUse(address, there, binding));
        if (binding.takes()
                && !bus.isVfioLoaded()
                && device.filter(bus::needsNoVfio).isEmpty()) {
            throw new UserException("--bind: the driver vfio-pci is not loaded, so it cannot take " + address
                    + ". As root: modprobe vfio-pci");
        }
        if (device.isEmpty()) {
            return;
        }
        Occupant there = device.get();
        bus.checkSharing(address, there);
        if (!there.isLent() && !binding.takes()) {
            throw new UserException(address + " is bound to "
                    + (there.driver().isEmpty() ? "no driver" : "the kernel's driver " + there.driver())
                    + ". Lend it to DPDK first: dpdk-devbind.py --bind=vfio-pci " + address
                    + "; or let twinport do that: --bind");
        }
        bus.checkVfio(address, there);
    }

    @Override
    public Optional<Occupant> look() {
        Optional<Occupant> device = bus.find(address);
        wasEmpty |= device.isEmpty();
        return device;
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
    public Optional<String> take(Occupant device) {
        // As it is now: a probe that failed is tried again with a device that has been bound.
        if (device.isLent() || bus.find(address).filter(Occupant::isLent).isPresent()) {
            return Optional.empty();
        }
        bus.checkSharing(address, device); // else it would be taken from the driver that is to keep it
        bus.checkUse(address, device, binding);
        bus.checkGroup(address);
        List<String> interfaces = bus.interfaces(address);
        taken = new Taken(device.identity(), wasEmpty || !device.driver().isEmpty());
        bus.bindToVfio(address);
        return Optional.of(
                device.driver().isEmpty()
                        ? "bound to vfio-pci"
                        : "taken from the kernel's driver " + device.driver()
                                + (interfaces.isEmpty() ? "" : " (interface " + String.join(", ", interfaces) + ")"));
    }

    @Override
    public void giveBack() {
        Taken before = taken;
        taken = null;
        Optional<Occupant> device = bus.find(address);
        if (before == null || device.isEmpty() || !device.get().identity().equals(before.identity())) {
            return;
        }
        bus.clearOverride(address);
        if (device.get().driver().equals(PciBus.VFIO)) {
            bus.unbind(address);
            if (before.hadDriver()) {
                bus.probe(address);
            }
        }
    }
}
