package io.twinport.control.kernel;

import io.twinport.dataplane.virtio.VirtioFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Interfaces and their devices in a folder that looks like sysfs. */
public final class FakeInterfaces {
    private static final int STANDBY_BIT = Long.numberOfTrailingZeros(VirtioFeatures.STANDBY);

    private static final InterfaceChanges.Controls NOTHING = new InterfaceChanges.Controls() {
        @Override
        public boolean hasFlag(int index, int flag) {
            return true;
        }

        @Override
        public void setFlag(int index, int flag, boolean on) {}

        @Override
        public Map<String, Boolean> features(int index) {
            return Map.of();
        }

        @Override
        public void setFeatures(int index, Map<String, Boolean> wanted) {}

        @Override
        public Optional<String> discipline(int index) {
            return Optional.of("blackhole");
        }

        @Override
        public void dropAll(int index, boolean on) {}

        @Override
        public Optional<OtherEnd> otherEnd(int index) {
            return Optional.empty();
        }
    };

    private final Path sysfs;

    public FakeInterfaces(Path sysfs) {
        this.sysfs = sysfs;
    }

    /** A PCI device with that driver. */
    public void pci(String address, String driver) throws IOException {
        Path device = Files.createDirectories(sysfs.resolve("bus/pci/devices").resolve(address));
        bind(device, "pci", driver);
    }

    /** A virtio-net device on PCI, of which the kernel's driver has acknowledged the standby bit or not. */
    public void virtio(String address, String name, boolean acknowledgesStandby) throws IOException {
        pci(address, "virtio-pci");
        Path device = Files.createDirectories(
                sysfs.resolve("bus/pci/devices").resolve(address).resolve(name));
        bind(device, "virtio", "virtio_net");
        Files.writeString(
                device.resolve("features"), "0".repeat(STANDBY_BIT) + (acknowledgesStandby ? "1" : "0") + "0\n");
        Files.createDirectories(sysfs.resolve("bus/virtio/devices"));
        Files.createSymbolicLink(sysfs.resolve("bus/virtio/devices").resolve(name), device);
    }

    private void bind(Path device, String bus, String driver) throws IOException {
        Path folder = Files.createDirectories(
                sysfs.resolve("bus").resolve(bus).resolve("drivers").resolve(driver));
        Files.createSymbolicLink(device.resolve("driver"), folder);
    }

    /** An interface; its device is a PCI address, a virtio device's name, or empty. */
    public void add(String name, int index, String mac, String device) throws IOException {
        Path classes = Files.createDirectories(sysfs.resolve("class/net"));
        Path folder = sysfs.resolve("devices/virtual/net").resolve(name);
        if (!device.isEmpty()) {
            String bus = device.startsWith("virtio") ? "virtio" : "pci";
            Path parent = sysfs.resolve("bus")
                    .resolve(bus)
                    .resolve("devices")
                    .resolve(device)
                    .toRealPath();
            folder = parent.resolve("net").resolve(name);
            Files.createDirectories(folder);
            Files.createSymbolicLink(folder.resolve("device"), parent);
        }
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("ifindex"), index + "\n");
        Files.writeString(folder.resolve("address"), mac + "\n");
        Files.createSymbolicLink(classes.resolve(name), folder);
    }

    /** It keeps its number. */
    public void rename(String name, String other) throws IOException {
        Path classes = sysfs.resolve("class/net");
        Files.move(
                classes.resolve(name).toRealPath(),
                classes.resolve(name).toRealPath().resolveSibling(other));
        Path folder = Files.readSymbolicLink(classes.resolve(name)).resolveSibling(other);
        Files.delete(classes.resolve(name));
        Files.createSymbolicLink(classes.resolve(other), folder);
    }

    /** What a slot does to an interface does nothing to these. */
    public QuietInterface quiet() {
        return new QuietInterface(sysfs.resolveSibling("none"), NOTHING, (level, line) -> {});
    }

    public void enslave(String name, String master) throws IOException {
        Path lower = sysfs.resolve("class/net").resolve(name).toRealPath();
        Path upper = sysfs.resolve("class/net").resolve(master).toRealPath();
        Files.createSymbolicLink(lower.resolve("master"), upper);
        Files.createSymbolicLink(upper.resolve("lower_" + name), lower);
    }

    public void remove(String name) throws IOException {
        Files.delete(sysfs.resolve("class/net").resolve(name));
    }
}
