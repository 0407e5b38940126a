package io.twinport.control.kernel;

import io.twinport.dataplane.virtio.VirtioFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Interfaces of the kernel's as sysfs shows them, each time anew. Its failover devices are not among them. */
public final class KernelInterfaces {
    /** Digits of a virtio device's {@code features} are bits, the lowest first. */
    private static final int STANDBY_BIT = Long.numberOfTrailingZeros(VirtioFeatures.STANDBY);

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

    /** Of the PCI device at an address; empty too while its driver has not made all of them. */
    public Optional<KernelInterface> ofDevice(String address) {
        Path device = sysfs.resolve("bus/pci/devices").resolve(address);
        return Stream.concat(
                        Stream.of(device),
                        list(device).filter(file -> isVirtio(file.getFileName().toString())))
                .flatMap(owner -> list(owner.resolve("net")))
                .map(file -> sysfs.resolve("class/net").resolve(file.getFileName()))
                .filter(folder -> lowerOfSameDevice(folder).isEmpty())
                .flatMap(folder -> read(folder).stream())
                .findFirst();
    }

    /** Those of devices that have that address. */
    public List<KernelInterface> withMac(String mac) {
        return list(sysfs.resolve("class/net"))
                .filter(folder -> Files.exists(folder.resolve("device")))
                .filter(folder -> text(folder.resolve("address")).equalsIgnoreCase(mac))
                .filter(folder -> lowerOfSameDevice(folder).isEmpty())
                .flatMap(folder -> read(folder).stream())
                .toList();
    }

    private Optional<KernelInterface> read(Path folder) {
        String index = text(folder.resolve("ifindex"));
        Optional<Path> master = real(folder.resolve("master"));
        Optional<Path> device = real(folder.resolve("device"));
        if (index.isEmpty()
                || master.isEmpty() && device.filter(this::isStandbyDevice).isPresent()) {
            // Without its master it is the failover device itself, which the kernel makes first (R8).
            return Optional.empty();
        }
        boolean isStandby = device.isPresent()
                && master.flatMap(over -> real(over.resolve("device"))).equals(device);
        return Optional.of(new KernelInterface(
                folder.getFileName().toString(),
                Integer.parseInt(index),
                text(folder.resolve("address")),
                real(folder.resolve("device/driver"))
                        .map(driver -> driver.getFileName().toString())
                        .orElse(""),
                master.map(over -> over.getFileName().toString()),
                isStandby));
    }

    /** Whether its driver has acknowledged {@code VIRTIO_NET_F_STANDBY}, and makes a failover device over it. */
    private boolean isStandbyDevice(Path device) {
        String bits = isVirtio(device.getFileName().toString()) ? text(device.resolve("features")) : "";
        return bits.length() > STANDBY_BIT && bits.charAt(STANDBY_BIT) == '1';
    }

    /** Of a failover device the standby: only these two have one device in common. */
    private static Optional<Path> lowerOfSameDevice(Path folder) {
        Optional<Path> device = real(folder.resolve("device"));
        return device.isEmpty()
                ? Optional.empty()
                : list(folder)
                        .filter(file -> file.getFileName().toString().startsWith("lower_"))
                        .flatMap(file -> real(file).stream())
                        .filter(lower -> real(lower.resolve("device")).equals(device))
                        .findFirst();
    }

    private static boolean isVirtio(String name) {
        return name.matches("virtio\\d+");
    }

    private static Optional<Path> real(Path link) {
        try {
            return Optional.of(link.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // it has no such thing, or has gone
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
