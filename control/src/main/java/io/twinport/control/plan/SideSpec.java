package io.twinport.control.plan;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.hotplug.Binding;
import io.twinport.control.hotplug.DriverSocket;
import io.twinport.control.hotplug.FarEndSlot;
import io.twinport.control.hotplug.KernelSlot;
import io.twinport.control.hotplug.PciBus;
import io.twinport.control.hotplug.PciSlot;
import io.twinport.control.hotplug.SearchSlot;
import io.twinport.control.hotplug.Slot;
import io.twinport.control.hotplug.VhostUserName;
import io.twinport.control.hotplug.VhostUserSlot;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.KernelLinks;
import io.twinport.dataplane.device.PacketSlots;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dataplane.virtio.VirtioProbe;
import io.twinport.dataplane.virtio.VirtioSide;
import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.DeviceAddress;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.DriverQuirks;
import io.twinport.dpdk.DriverQuirks.Quirk;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.FileType;
import io.twinport.posix.Interfaces;
import io.twinport.posix.PosixException;
import io.twinport.posix.SocketPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A side as the user gave it.
 *
 * @param side {@code Sides.PRIMARY} or {@code STANDBY}
 * @param devargs a DPDK device with its arguments
 * @param name the device's name in it
 * @param mac the address that the arguments give it
 * @param driver who drives it
 * @param binding whether a PCI device may be taken from the kernel
 */
public record SideSpec(
        int side, String devargs, String name, Optional<MacAddress> mac, SideDriver driver, Binding binding) {
    /** With these net_mlx5 and net_netvsc lend buffers of the device (U6). */
    private static final List<String> LENDING_ARGUMENTS = List.of("mprq_en", "rx_extmbuf_enable");

    /** A device that is found by the other one's address. */
    static final String AUTO = "auto";

    private static final MacAddress NO_MAC = new MacAddress(0);

    private static final Pattern VIRTUAL = Pattern.compile("net_[a-z0-9_]*[a-z_]\\d{1,9}");

    /** Reads {@code net_virtio_user0,path=/run/vf.sock,server=1} or {@code 0000:05:00.0}. */
    public static SideSpec parse(int side, String devargs) {
        String option = "--" + PolicyText.side(side) + " " + devargs;
        String name = Devargs.nameOf(devargs);
        if (isSearch(name)) {
            return new SideSpec(
                    side, noArguments(option, devargs), name, macOf(option, name), SideDriver.DPDK, Binding.NONE);
        }
        if (VhostUserName.is(name)) {
            return parseVhostUser(side, option, devargs.trim());
        }
        if (!Devargs.isPci(name) && !VIRTUAL.matcher(name).matches()) {
            throw new UserException(
                    option + ": '" + name + "' is no DPDK device. Give a PCI address (0000:05:00.0), auto,"
                            + " vhost-user:/PATH, or a virtual device: a driver's name and a number (net_virtio_user0,"
                            + " net_tap1) with its arguments after commas.");
        }
        for (String lending : LENDING_ARGUMENTS) {
            if (Devargs.argument(devargs, lending)
                    .filter(value -> !value.equals("0"))
                    .isPresent()) {
                throw new UserException(
                        option + ": with " + lending + " received frames lie in buffers of the device, and a"
                                + " device cannot be closed before all of them are back. Leave it out.");
            }
        }
        // DPDK names a PCI device as its arguments do, and would not find 05:00.0 by its full name.
        String canonical = devargs.trim().replaceFirst("^[^,]*", name);
        try {
            Devargs.check(canonical);
            checkVirtual(name, canonical);
            return new SideSpec(
                    side,
                    canonical,
                    name,
                    Devargs.argument(devargs, "mac").map(MacAddress::parse),
                    SideDriver.DPDK,
                    Binding.NONE);
        } catch (IllegalArgumentException e) {
            throw new UserException(option + ": " + e.getMessage() + ".", e);
        }
    }

    /** {@code vhost-user:/run/vm.sock,server=1,queues=2,mac=MAC}: a far end that twinport's own driver has. */
    private static SideSpec parseVhostUser(int side, String option, String text) {
        try {
            VhostUserName.check(text);
            checkSocket(Path.of(VhostUserName.address(text).path()));
            return new SideSpec(
                    side,
                    text,
                    Devargs.nameOf(text),
                    Devargs.argument(text, "mac").map(MacAddress::parse),
                    SideDriver.TWINPORT,
                    Binding.NONE);
        } catch (IllegalArgumentException e) {
            throw new UserException(option + ": " + e.getMessage() + ".", e);
        }
    }

    /** What a driver would refuse without a reason, or misunderstand in silence. */
    private static void checkVirtual(String name, String devargs) {
        if (Devargs.argument(devargs, "mac").isPresent()) {
            DeviceAddress.checkArgument(name);
        }
        KernelLinks.interfaceOf(devargs)
                .filter(given -> !Interfaces.isName(given))
                .ifPresent(given -> {
                    throw new IllegalArgumentException("'" + given + "' is no name of an interface");
                });
        if (DriverQuirks.ofVirtual(name).has(Quirk.PANICS_AS_SERVER)
                && Devargs.argument(devargs, "role").filter("server"::equals).isPresent()) {
            throw new IllegalArgumentException(
                    "a net_memif that is the server has DPDK end the whole process (rte_panic) when a"
                            + " client connects and hangs up. Have the other end be the server, and give role=client");
        }
        DriverSocket.of(devargs).map(Path::of).ifPresent(SideSpec::checkSocket);
    }

    private static void checkSocket(Path path) {
        if (!SocketPath.isShort(path)) {
            throw new IllegalArgumentException("a unix socket's path has " + SocketPath.LONGEST + " bytes at most");
        }
        try {
            FileType type = FileType.of(path);
            if (type != FileType.SOCKET) {
                throw new IllegalArgumentException(
                        path + " is " + type + ", and no socket. Choose another path, or delete it");
            }
        } catch (IOException e) {
            // There is none yet.
        }
    }

    /**
     * Reads what a device is called that this driver is to have.
     *
     * @throws UserException if it cannot have such a device
     */
    public static SideSpec parse(int side, String text, SideDriver driver) {
        if (driver == SideDriver.KERNEL) {
            return parseKernel(side, text);
        }
        SideSpec spec = parse(side, text);
        return spec.isVhostUser() ? spec : spec.drivenBy(driver);
    }

    /** Reads {@code eth1}, {@code 0000:02:00.0} or {@code mac:52:54:00:12:34:56}: an interface that the kernel drives. */
    static SideSpec parseKernel(int side, String text) {
        String option = "--" + PolicyText.side(side) + " " + text;
        String name = Devargs.nameOf(text);
        if (!isSearch(name) && !Devargs.isPci(name) && (!Interfaces.isName(name) || name.equals("lo"))) {
            throw new UserException(option + ": with --" + PolicyText.side(side) + "-driver kernel give a kernel"
                    + " interface (eth1), the PCI address of its device (0000:02:00.0) or its MAC address"
                    + " (mac:52:54:00:12:34:56).");
        }
        return new SideSpec(
                side, noArguments(option, text), name, macOf(option, name), SideDriver.KERNEL, Binding.NONE);
    }

    private static boolean isSearch(String name) {
        return name.equals(AUTO) || name.startsWith(KernelSlot.MAC);
    }

    private static String noArguments(String option, String text) {
        if (text.contains(",")) {
            throw new UserException(
                    option + ": only DPDK's drivers take arguments. Leave out" + " the comma and the text after it.");
        }
        return Devargs.nameOf(text);
    }

    /** Of {@code mac:52:54:00:12:34:56}. */
    private static Optional<MacAddress> macOf(String option, String name) {
        if (!name.startsWith(KernelSlot.MAC)) {
            return Optional.empty();
        }
        try {
            return Optional.of(MacAddress.parse(name.substring(KernelSlot.MAC.length())));
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
        return new SideSpec(side, devargs, name, mac, other, binding);
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

    /** Whether it is known before its device is there that this is one of DPDK's. */
    public boolean isOfDpdk() {
        return driver == SideDriver.DPDK || driver == SideDriver.AUTO && !devargs.equals(name);
    }

    /** Whether DPDK, or a driver of ours, has a PCI device for it. */
    public boolean isPci() {
        return driver != SideDriver.KERNEL && (Devargs.isPci(name) || isSearch());
    }

    /** Whether it is a far end by vhost-user that twinport's own driver has. */
    boolean isVhostUser() {
        return VhostUserName.is(name);
    }

    /** Whether the device is to be found: {@code auto}, or {@code mac:52:54:00:12:34:56}. */
    public boolean isSearch() {
        return isSearch(name);
    }

    /** With {@code --bind}: its device may be taken from the kernel. */
    public SideSpec bound(Binding how) {
        return new SideSpec(side, devargs, name, mac, driver, how);
    }

    /**
     * Names of the kernel interfaces that it works over or makes, as far as these were given; a PCI or MAC address tells no
     * name.
     */
    public List<String> interfaces() {
        if (driver != SideDriver.KERNEL) {
            return KernelLinks.interfacesOf(devargs);
        }
        return isSearch() || Devargs.isPci(name) ? List.of() : List.of(name);
    }

    /**
     * Where the side's devices come and go.
     *
     * @param address the port's, as soon as it is known
     * @param isTaken whether the device at a PCI address belongs to another side
     * @param onLinkChange told when the link of what is below the device has changed; any thread
     * @param ours the kernel's interfaces, as this process knows them
     * @param log told what others do to a kernel interface
     */
    public Slot slot(
            Supplier<Optional<MacAddress>> address,
            Predicate<String> isTaken,
            Runnable onLinkChange,
            KernelSlot.Ours ours,
            Log log) {
        if (driver == SideDriver.KERNEL) {
            return KernelSlot.kept(name, ours, log);
        }
        if (isSearch()) {
            return search(address, isTaken);
        }
        if (isPci()) {
            return new PciSlot(PciBus.ofThisMachine(), name, binding);
        }
        if (isVhostUser()) {
            return new VhostUserSlot(VhostUserName.address(devargs), onLinkChange);
        }
        Optional<FarEndAddress> farEnd = FarEndSlot.addressOf(devargs);
        if (farEnd.isPresent()) {
            return new FarEndSlot(farEnd.get(), Eal.runtimeFolder().resolve(name + ".vhost"), onLinkChange);
        }
        DriverQuirks quirks = DriverQuirks.ofVirtual(name);
        return quirks.has(Quirk.MAKES_INTERFACE)
                ? Slot.VIRTUAL
                : KernelLinks.interfaceOf(devargs)
                        .<Slot>map(own -> KernelSlot.shared(own, quirks.has(Quirk.TAKES_INTERFACE), ours, log))
                        .orElse(Slot.VIRTUAL);
    }

    /**
     * Checks what must be so before DPDK starts, as far as it is known by then. A PCI device that is there must be lent to
     * DPDK; to take one from the kernel is for the operator to decide. A kernel interface must not be in use.
     *
     * @param address the port's, where it is known
     * @param isTaken whether the device at a PCI address belongs to another side
     * @throws UserException if it is not so
     */
    public void checkSlot(Optional<MacAddress> address, Predicate<String> isTaken) {
        try {
            if (driver == SideDriver.KERNEL) {
                KernelSlot.check(name);
            } else if (isSearch()) {
                search(() -> address, isTaken).check();
            } else if (isPci()) {
                new PciSlot(PciBus.ofThisMachine(), name, binding).check();
            } else if (isVhostUser()) {
                FarEndSlot.check(VhostUserName.address(devargs));
            } else {
                FarEndSlot.addressOf(devargs).ifPresent(FarEndSlot::check);
            }
        } catch (UserException | PosixException e) {
            throw new UserException(
                    "--" + role() + " " + (isPci() && isSearch() ? name + " " : "") + e.getMessage(), e);
        }
    }

    /** As {@link PortPlan#checkFrames}. */
    public void checkFrames(int room) {
        Optional<Integer> slot = PacketSlots.bytes(devargs);
        if (slot.isPresent() && slot.get() - PacketSlots.HEADER > room) {
            throw new UserException("--" + role() + " " + devargs + ": with " + PacketSlots.ARGUMENT + "="
                    + slot.get() + " frames are up to " + (slot.get() - PacketSlots.HEADER)
                    + " bytes long, and an mbuf holds " + room + " at this MTU. Leave it out, or give "
                    + PacketSlots.ARGUMENT + "=" + (room + PacketSlots.HEADER) + " at most.");
        }
    }

    private SearchSlot search(Supplier<Optional<MacAddress>> address, Predicate<String> isTaken) {
        return new SearchSlot(PciBus.ofThisMachine(), () -> mac.or(address), isTaken, binding);
    }

    /** The same side, whose device was found. */
    public SideSpec found(String device) {
        return new SideSpec(side, device, device, mac, driver, binding);
    }

    /** The same side, whose virtual device was found. */
    public SideSpec found(String devargs, MacAddress address) {
        return new SideSpec(side, devargs, Devargs.nameOf(devargs), Optional.of(address), driver, binding);
    }

    /** A virtual device without {@code mac=} gets the other side's address. */
    public boolean adoptsMac() {
        return driver != SideDriver.KERNEL && !isPci() && mac.isEmpty();
    }

    /** The devargs that give a device without an address this one, where its driver can take it. */
    public String devargsWith(Optional<MacAddress> address) {
        return adoptsMac() && address.isPresent() && DeviceAddress.isGivenInDevargs(name)
                ? devargs + ",mac=" + address.get()
                : devargs;
    }

    /**
     * The same side, with the driver that the device has which is there and lent now.
     *
     * @param say told which that is and why, where the user has left it to twinport
     */
    public SideSpec chosen(Consumer<String> say) {
        if (driver != SideDriver.AUTO || !isPci() || isOfDpdk()) {
            return this;
        }
        DriverChoice choice = DriverChoice.of(name);
        say.accept(role() + " " + name + " is " + choice);
        return drivenBy(choice.driver());
    }

    /**
     * Probes the device, whose driver has been {@linkplain #chosen chosen}.
     *
     * @param address the port's, for a device without one of its own
     * @param slot where it is
     * @param kernelLinks for a device over a kernel interface
     */
    public SideDevice open(Optional<MacAddress> address, Slot slot, KernelLinks kernelLinks) {
        if (isVhostUser()) {
            VhostDevice far = slot.farEnd()
                    .orElseThrow(() -> new DpdkException(name + " cannot be opened: its far end has gone again"));
            MacAddress given = mac.or(() -> address).orElse(NO_MAC);
            return VirtioSide.open(name, far, given, VhostUserName.queues(devargs), VhostUserName.isPacked(devargs));
        }
        if (driver == SideDriver.TWINPORT) {
            return VirtioSide.open(name);
        }
        if (driver == SideDriver.KERNEL) {
            String arguments = "net_af_packet_" + name + ",iface=" + name + ",qdisc_bypass=1";
            return kernelLinks.side(EthDev.probe(arguments), arguments);
        }
        Optional<KernelLinks.Below> below = slot.below();
        DriverSocket.free(devargs);
        EthDev dev = EthDev.probe(slot.devargs(devargsWith(address)), devargs);
        return below.isPresent() ? new EthSide(dev, below) : kernelLinks.side(dev, devargs);
    }

    /** {@code primary} or {@code standby}. */
    public String role() {
        return PolicyText.side(side);
    }
}
