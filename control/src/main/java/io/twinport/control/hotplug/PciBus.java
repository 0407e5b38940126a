package io.twinport.control.hotplug;

import static io.twinport.posix.SystemFiles.list;
import static io.twinport.posix.SystemFiles.name;
import static io.twinport.posix.SystemFiles.names;
import static io.twinport.posix.SystemFiles.text;

import io.twinport.control.UserException;
import io.twinport.control.kernel.InterfaceUse;
import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.dataplane.virtio.VirtioProbe;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The kernel's PCI bus as sysfs shows it. */
public final class PciBus {
    static final String VFIO = "vfio-pci";

    /** Drivers that lend a device as a whole. */
    private static final Set<String> LENDING_DRIVERS = Set.of(VFIO, "igb_uio", "uio_pci_generic");

    /** Drivers of NVIDIA's and Microsoft's that keep the device and share it with DPDK by libibverbs (bifurcated). */
    private static final Set<String> SHARING_DRIVERS = Set.of("mlx4_core", "mlx5_core", "mana");

    private static final String ETHERNET = "0x0200";

    /** Drivers that do no DMA of their own, so that VFIO tolerates them in a group (the kernel's own list). */
    private static final Set<String> HARMLESS_DRIVERS = Set.of(VFIO, "pci-stub", "pcieport", "shpchp");

    /** How a file of sysfs is written. */
    interface Attributes {
        void write(Path file, String text) throws IOException;
    }

    private final Path sysfs;
    private final Attributes attributes;
    private final InterfaceUse use;

    /**
     * @param sysfs the machine's {@code /sys}, or a test's, beside {@code proc}
     * @param attributes what a test's kernel does when told something
     */
    PciBus(Path sysfs, Attributes attributes) {
        this.sysfs = sysfs;
        this.attributes = attributes;
        this.use = new InterfaceUse(sysfs.resolveSibling("proc"));
    }

    public static PciBus ofThisMachine() {
        return new PciBus(Path.of("/sys"), (file, text) -> Files.writeString(file, text, StandardOpenOption.WRITE));
    }

    /**
     * A bus that is only looked at.
     *
     * @param sysfs {@code /sys}, or what a test has in its place, beside {@code proc}
     */
    public static PciBus at(Path sysfs) {
        return new PciBus(sysfs, (file, text) -> {
            throw new IOException("it is only looked at");
        });
    }

    public boolean exists() {
        return Files.isDirectory(sysfs.resolve("bus/pci/devices"));
    }

    /** The device at an address, as it is now. */
    public Optional<Occupant> find(String address) {
        try {
            // The inode is the device's for as long as it is there; the kernel does not use a number again soon.
            Object identity = Objects.requireNonNull(Files.readAttributes(device(address), BasicFileAttributes.class)
                    .fileKey());
            String driver = driver(address);
            boolean isLent = LENDING_DRIVERS.contains(driver) || isShared(address, driver);
            return Optional.of(new Occupant(identity, driver, isLent));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Addresses of all network devices, in order. */
    List<String> networkDevices() {
        return names(sysfs.resolve("bus/pci/devices")).stream()
                .filter(address -> text(device(address).resolve("class")).startsWith(ETHERNET))
                .toList();
    }

    /** Whether a device is virtio-net's. */
    boolean isVirtio(String address) {
        return virtio(address).isPresent() || VirtioProbe.isNet(device(address));
    }

    /**
     * The MAC address of a device that the kernel drives, or of virtio-net's, which tells it to everybody. A device that is
     * lent as a whole has one that only its driver knows.
     */
    Optional<MacAddress> mac(String address) {
        return list(interfaceFolder(address)).stream()
                .map(network -> text(network.resolve("address")))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .flatMap(PciBus::unicast)
                .or(() -> VirtioProbe.mac(device(address)));
    }

    private static Optional<MacAddress> unicast(String text) {
        try {
            return Optional.of(MacAddress.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // of a VF that has none yet
        }
    }

    private Optional<Path> virtio(String address) {
        return list(device(address)).stream()
                .filter(file -> name(file).matches("virtio\\d+"))
                .findFirst();
    }

    /** What the kernel calls the device's network interfaces. */
    public List<String> interfaces(String address) {
        return names(interfaceFolder(address));
    }

    /** Who would miss the device if it were taken from the kernel: the uses of its interfaces; empty where nobody would. */
    String use(String address) {
        return list(interfaceFolder(address)).stream()
                .filter(use::isAny)
                .map(folder -> name(folder) + " " + InterfaceUse.describe(use.of(folder)))
                .collect(Collectors.joining(", "));
    }

    /** Whether anybody would; for who asks often. */
    boolean isUsed(String address) {
        return list(interfaceFolder(address)).stream().anyMatch(use::isAny);
    }

    private Path interfaceFolder(String address) {
        return virtio(address).orElse(device(address)).resolve("net");
    }

    /** What a device of virtio-net's offers, in bits of {@link VirtioFeatures}; empty where it does not tell, or not to this user. */
    public Optional<Long> offered(String address) {
        return VirtioProbe.offered(device(address));
    }

    /** Whether the kernel's virtio driver has acknowledged a feature. */
    public boolean isAcknowledged(String address, long feature) {
        return virtio(address)
                .map(device -> text(device.resolve("features")))
                .filter(bits -> VirtioFeatures.isAcknowledged(bits, feature))
                .isPresent();
    }

    /** Whether a device is, or is to be, DPDK's without VFIO. */
    boolean needsNoVfio(Occupant device) {
        return device.isLent() || SHARING_DRIVERS.contains(device.driver());
    }

    /** The RDMA device goes and comes when the driver mends a device that has failed. */
    private boolean isShared(String address, String driver) {
        return SHARING_DRIVERS.contains(driver)
                && !names(device(address).resolve("infiniband")).isEmpty();
    }

    /**
     * Checks that a device which its driver shares has the other half too, by which that is done.
     *
     * @throws UserException if it has not
     */
    void checkSharing(String address, Occupant device) {
        if (SHARING_DRIVERS.contains(device.driver()) && !isShared(address, device.driver())) {
            throw new UserException(address + " stays with the kernel's driver " + device.driver()
                    + ", which shares it with DPDK by libibverbs; but it has no RDMA device. As root: modprobe -a ib_uverbs "
                    + device.driver().replace("_core", "") + "_ib");
        }
    }

    /**
     * Checks that a device may be taken from the kernel's driver.
     *
     * @throws UserException if somebody uses it, and that is not said to be all right
     */
    void checkUse(String address, Occupant device, Binding binding) {
        String uses = needsNoVfio(device) ? "" : use(address);
        if (!uses.isEmpty() && binding != Binding.IN_USE) {
            throw new UserException(
                    address + " is in use: " + uses + ". To lend it to DPDK would cut that off, and this machine"
                            + " perhaps with it. Give another device, or free this one (ip address flush dev ...; twinport doctor tells who"
                            + " sets it up). To take it all the same: --bind-in-use");
        }
    }

    boolean isVfioLoaded() {
        return Files.isDirectory(sysfs.resolve("bus/pci/drivers").resolve(VFIO));
    }

    /**
     * Checks that VFIO can lend a device, unless it is lent without VFIO.
     *
     * @throws UserException if it cannot
     */
    public void checkVfio(String address, Occupant device) {
        if (!device.isLent() || device.driver().equals(VFIO)) {
            checkGroup(address);
        }
    }

    /**
     * Why VFIO could not use the device, in words that say what to do.
     *
     * @throws UserException if it could not
     */
    void checkGroup(String address) {
        Path group = device(address).resolve("iommu_group");
        if (!Files.exists(group)) {
            if (isWithoutIommuAllowed()) {
                return;
            }
            throw new UserException(address + " is in no IOMMU group, so VFIO cannot protect memory from it. Switch the"
                    + " IOMMU on: intel_iommu=on on the kernel's command line (on AMD it is on by default, in the BIOS"
                    + " as VT-d or AMD-Vi); a guest needs a virtual IOMMU (QEMU: -device intel-iommu).");
        }
        List<String> others = names(group.resolve("devices")).stream()
                .filter(other -> !other.equals(address))
                .filter(other -> !HARMLESS_DRIVERS.contains(driver(other))
                        && !driver(other).isEmpty())
                .map(other -> other + " (" + driver(other) + ")")
                .toList();
        if (!others.isEmpty()) {
            throw new UserException(address + " shares its IOMMU group with " + String.join(", ", others)
                    + ": VFIO lends all devices of a group or none. Unbind these from their drivers, or put the device"
                    + " into a slot whose port has ACS.");
        }
    }

    /**
     * Binds a device to vfio-pci. The override comes first: the kernel then gives the device to no other driver, also
     * while it is unbound.
     */
    void bindToVfio(String address) {
        override(address, VFIO);
        if (!driver(address).isEmpty()) {
            unbind(address);
        }
        probe(address);
        if (!driver(address).equals(VFIO)) {
            throw new UserException("the kernel has not bound " + address + " to vfio-pci, but to "
                    + (driver(address).isEmpty() ? "no driver" : driver(address))
                    + ". It says why: dmesg | grep " + address);
        }
    }

    /** The kernel may give the device to any driver again. */
    void clearOverride(String address) {
        override(address, "");
    }

    void unbind(String address) {
        write(device(address).resolve("driver/unbind"), address);
    }

    /** The kernel looks for a driver for the device. */
    void probe(String address) {
        write(sysfs.resolve("bus/pci/drivers_probe"), address);
    }

    private void override(String address, String driver) {
        write(device(address).resolve("driver_override"), driver + "\n");
    }

    private boolean isWithoutIommuAllowed() {
        return text(sysfs.resolve("module/vfio/parameters/enable_unsafe_noiommu_mode"))
                .startsWith("Y");
    }

    private Path device(String address) {
        return sysfs.resolve("bus/pci/devices").resolve(address);
    }

    private String driver(String address) {
        // No link: bound to none.
        return SystemFiles.target(device(address).resolve("driver"))
                .map(SystemFiles::name)
                .orElse("");
    }

    private void write(Path file, String text) {
        try {
            attributes.write(file, text);
        } catch (NoSuchFileException e) {
            throw new UserException(file + " has gone: the device was unplugged.", e);
        } catch (IOException e) {
            throw new UserException(
                    "cannot write '" + text.strip() + "' to " + file + ": " + e.getMessage() + ". Are you root?", e);
        }
    }
}
