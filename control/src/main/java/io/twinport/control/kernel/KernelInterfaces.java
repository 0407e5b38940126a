package io.twinport.control.kernel;

import static io.twinport.posix.SystemFiles.list;
import static io.twinport.posix.SystemFiles.name;
import static io.twinport.posix.SystemFiles.names;
import static io.twinport.posix.SystemFiles.target;
import static io.twinport.posix.SystemFiles.text;

import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.posix.SystemFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernel's interfaces as sysfs shows them, each time anew. Its failover devices are not among them. */
public final class KernelInterfaces {
    private final Path sysfs;

    /** @param sysfs {@code /sys}, or what a test has in its place */
    public KernelInterfaces(Path sysfs) {
        this.sysfs = sysfs;
    }

    /** Of that name; if it is a failover device, the standby below that. */
    public Optional<KernelInterface> named(String name) {
        Path folder = sysfs.resolve("class/net").resolve(name);
        return lowerOfSameDevice(folder).or(() -> Optional.of(folder)).flatMap(this::read);
    }

    /** Of exactly that name, whatever it is. */
    public Optional<KernelInterface> exactly(String name) {
        return describe(folder(name));
    }

    Path folder(String name) {
        return sysfs.resolve("class/net").resolve(name);
    }

    /**
     * The present name of an interface; empty where it is not here.
     *
     * @param last the name that it had last: most keep theirs
     */
    public Optional<String> nameOf(int index, String last) {
        Path all = sysfs.resolve("class/net");
        return Stream.concat(Stream.of(all.resolve(last)), list(all).stream())
                .filter(folder -> text(folder.resolve("ifindex")).equals(String.valueOf(index)))
                .map(SystemFiles::name)
                .findFirst();
    }

    /** Of the PCI device at an address; empty too while its driver has not made all of them. */
    public Optional<KernelInterface> ofDevice(String address) {
        Path device = sysfs.resolve("bus/pci/devices").resolve(address);
        return Stream.concat(Stream.of(device), list(device).stream().filter(KernelInterfaces::isVirtio))
                .flatMap(owner -> names(owner.resolve("net")).stream())
                .map(name -> sysfs.resolve("class/net").resolve(name))
                .filter(folder -> lowerOfSameDevice(folder).isEmpty())
                .flatMap(folder -> read(folder).stream())
                .findFirst();
    }

    /** Those of devices that have that address. */
    public List<KernelInterface> withMac(String mac) {
        return list(sysfs.resolve("class/net")).stream()
                .filter(folder -> Files.exists(folder.resolve("device")))
                .filter(folder -> text(folder.resolve("address")).equalsIgnoreCase(mac))
                .filter(folder -> lowerOfSameDevice(folder).isEmpty())
                .flatMap(folder -> read(folder).stream())
                .toList();
    }

    private Optional<KernelInterface> read(Path folder) {
        boolean isMaster = target(folder.resolve("master")).isEmpty()
                && target(folder.resolve("device"))
                        .filter(this::isStandbyDevice)
                        .isPresent();
        // Without its master it is the failover device itself, which the kernel makes first (R8).
        return isMaster ? Optional.empty() : describe(folder);
    }

    private static Optional<KernelInterface> describe(Path folder) {
        String index = text(folder.resolve("ifindex"));
        if (index.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> master = target(folder.resolve("master"));
        Optional<Path> device = target(folder.resolve("device"));
        boolean isStandby = device.isPresent()
                && master.flatMap(over -> target(over.resolve("device"))).equals(device);
        return Optional.of(new KernelInterface(
                name(folder),
                Integer.parseInt(index),
                text(folder.resolve("address")),
                target(folder.resolve("device/driver")).map(SystemFiles::name).orElse(""),
                master.map(SystemFiles::name),
                isStandby));
    }

    /** Whether its driver has acknowledged {@code VIRTIO_NET_F_STANDBY}, and makes a failover device over it. */
    private boolean isStandbyDevice(Path device) {
        return isVirtio(device)
                && VirtioFeatures.isAcknowledged(text(device.resolve("features")), VirtioFeatures.STANDBY);
    }

    /** Of a failover device the standby: only these two have one device in common. */
    private static Optional<Path> lowerOfSameDevice(Path folder) {
        Optional<Path> device = target(folder.resolve("device"));
        return device.isEmpty()
                ? Optional.empty()
                : list(folder).stream()
                        .filter(file -> name(file).startsWith("lower_"))
                        .flatMap(file -> target(file).stream())
                        .filter(lower -> target(lower.resolve("device")).equals(device))
                        .findFirst();
    }

    private static boolean isVirtio(Path device) {
        return name(device).matches("virtio\\d+");
    }
}
