package io.twinport.control.run;

import io.twinport.control.UserException;
import io.twinport.control.hotplug.PciBus;
import io.twinport.control.hotplug.PciSlot;
import io.twinport.control.hotplug.Slot;
import io.twinport.dataplane.EthSide;
import io.twinport.dataplane.KernelLinks;
import io.twinport.dataplane.SideDevice;
import io.twinport.dataplane.failover.PolicyText;
import io.twinport.dataplane.virtio.VirtioProbe;
import io.twinport.dataplane.virtio.VirtioSide;
import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A side as the user gave it.
 *
 * @param side {@code FailoverPolicy.PRIMARY} or {@code STANDBY}
 * @param devargs a DPDK device with its arguments
 * @param name the device's name in it
 * @param mac the address that the arguments give it
 * @param driver who drives it
 * @param binds whether a PCI device may be taken from the kernel
 */
public record SideSpec(
        int side, String devargs, String name, Optional<MacAddress> mac, SideDriver driver, boolean binds) {
    /** Drivers that take their address in their devargs. */
    private static final Set<String> TAKE_MAC = Set.of("net_virtio_user", "net_tap", "net_memif");

    /** Reads {@code net_virtio_user0,path=/run/vf.sock,server=1} or {@code 0000:05:00.0}. */
    public static SideSpec parse(int side, String devargs) {
        String option = "--" + PolicyText.side(side) + " " + devargs;
        String name = Devargs.nameOf(devargs);
        if (!Devargs.isPci(name) && !name.matches("net_[a-z0-9_]*[a-z_]\\d+")) {
            throw new UserException(
                    option + ": '" + name + "' is no DPDK device. Give a PCI address (0000:05:00.0), or a"
                            + " virtual device: a driver's name and a number (net_virtio_user0, net_tap1) with its arguments"
                            + " after commas.");
        }
        // DPDK names a PCI device as its arguments do, and would not find 05:00.0 by its full name.
        String canonical = devargs.trim().replaceFirst("^[^,]*", name);
        try {
            return new SideSpec(
                    side,
                    canonical,
                    name,
                    Devargs.argument(devargs, "mac").map(MacAddress::parse),
                    SideDriver.DPDK,
                    false);
        } catch (IllegalArgumentException e) {
            throw new UserException(option + ": " + e.getMessage() + ".", e);
        }
    }

    /**
     * The same device, driven by another.
     *
     * @throws UserException if twinport has no driver for it
     */
    public SideSpec drivenBy(SideDriver other) {
        if (other == SideDriver.TWINPORT) {
            checkVirtio();
        }
        return new SideSpec(side, devargs, name, mac, other, binds);
    }

    private void checkVirtio() {
        String option = "--" + role() + "-driver twinport";
        if (!isPci()) {
            throw new UserException(option + " is for virtio-net PCI devices, and " + name
                    + " is a virtual one: leave the option out, or give a PCI address (--" + role()
                    + " 0000:02:00.0).");
        }
        if (!devargs.equals(name)) {
            throw new UserException(
                    option + ": twinport's driver takes no arguments. Give only --" + role() + " " + name + ".");
        }
        Path device = Path.of("/sys/bus/pci/devices", name);
        if (Files.exists(device) && !VirtioProbe.isNet(device)) {
            throw new UserException(option + ": " + name
                    + " is no virtio-net device (lspci -nn shows what it is). Leave the option out: DPDK's drivers are for"
                    + " all others.");
        }
    }

    public boolean isPci() {
        return Devargs.isPci(name);
    }

    /** With {@code --bind}: its device may be taken from the kernel. */
    public SideSpec bound() {
        return new SideSpec(side, devargs, name, mac, driver, true);
    }

    /** Where the side's devices come and go. */
    Slot slot() {
        return isPci() ? new PciSlot(PciBus.ofThisMachine(), name, binds) : Slot.VIRTUAL;
    }

    /**
     * Checks what must be so before DPDK starts. A PCI device that is there must be lent to DPDK; to take one from the
     * kernel is for the operator to decide.
     *
     * @throws UserException if it is not so
     */
    void checkSlot() {
        if (isPci()) {
            try {
                new PciSlot(PciBus.ofThisMachine(), name, binds).check();
            } catch (UserException e) {
                throw new UserException("--" + role() + " " + e.getMessage(), e);
            }
        }
    }

    /** A virtual device without {@code mac=} gets the other side's address. */
    public boolean adoptsMac() {
        return !isPci() && mac.isEmpty();
    }

    /** The devargs that give a device without an address this one, where its driver can take it. */
    public String devargsWith(Optional<MacAddress> address) {
        String driver = name.replaceAll("\\d+$", "");
        return adoptsMac() && address.isPresent() && TAKE_MAC.contains(driver)
                ? devargs + ",mac=" + address.get()
                : devargs;
    }

    /**
     * Probes the device; may block for ever, where it waits for a far end.
     *
     * @param address the port's, for a device without one of its own
     * @param kernelLinks for a device over an interface of the kernel's
     */
    SideDevice open(Optional<MacAddress> address, KernelLinks kernelLinks) {
        if (driver == SideDriver.TWINPORT) {
            return VirtioSide.open(name);
        }
        EthDev dev = EthDev.probe(devargsWith(address));
        return new EthSide(dev, kernelLinks.below(devargs));
    }

    /** The socket at which the device waits for its far end, where it is a server. */
    public Optional<String> serverSocket() {
        boolean server = Devargs.argument(devargs, "server").filter("1"::equals).isPresent();
        return server ? Devargs.argument(devargs, "path") : Optional.empty();
    }

    /** {@code primary} or {@code standby}. */
    public String role() {
        return PolicyText.side(side);
    }
}
