package io.twinport.control.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine in a folder. */
final class FakeHost {
    private final Path root;

    FakeHost(Path root) {
        this.root = root;
    }

    Host host() {
        return new Host(root);
    }

    FakeHost file(String path, String text) {
        try {
            Path file = root.resolve(path.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FakeHost folder(String path) {
        try {
            Files.createDirectories(root.resolve(path.substring(1)));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A network device that the kernel drives. */
    FakeHost nic(String address, String driver, String name, String mac) {
        String device = "/sys/bus/pci/devices/" + address;
        return driven(address, driver).folder(device + "/net/" + name).file("/sys/class/net/" + name + "/address", mac);
    }

    /** One of virtio's that the kernel drives, with these of its features acknowledged. */
    FakeHost virtioNic(String address, String name, String mac, String features) {
        String virtio = "/sys/bus/pci/devices/" + address + "/virtio3";
        return driven(address, "virtio-pci")
                .folder(virtio + "/net/" + name)
                .file(virtio + "/features", features)
                .file("/sys/class/net/" + name + "/address", mac);
    }

    private FakeHost driven(String address, String driver) {
        String device = "/sys/bus/pci/devices/" + address;
        file(device + "/class", "0x020000");
        folder("/sys/bus/pci/drivers/" + driver);
        try {
            Files.createSymbolicLink(
                    root.resolve((device + "/driver").substring(1)),
                    root.resolve(("sys/bus/pci/drivers/" + driver)).toAbsolutePath());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
